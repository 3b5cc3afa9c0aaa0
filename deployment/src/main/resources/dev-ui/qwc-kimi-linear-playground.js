import { css, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import '@vaadin/checkbox';
import '@vaadin/text-area';
import { ModelPage, choice, duration, messageOf, number } from './kimi-linear-ui.js';
import { inputsOf, parametersOf, rebased } from './kimi-linear-parameters.js';
import './kimi-linear-tokens.js';

const RENDER_DELAY_MILLIS = 300;

const ROLES = { USER: 'User', ASSISTANT: 'Assistant', TOOL: 'Tool result' };

const FORMATS = [
    { value: 'TEXT', label: 'Text' },
    { value: 'JSON_OBJECT', label: 'JSON object' },
    { value: 'JSON_SCHEMA', label: 'JSON schema' },
    { value: 'GRAMMAR', label: 'Grammar (GBNF)' },
];

const FORMAT_TEXTS = { JSON_SCHEMA: 'Schema', GRAMMAR: 'Grammar, its rule "root" for the whole answer' };

const REASONS = {
    STOP: 'Ended by itself',
    TOOL_CALLS: 'Ended with tool calls',
    LENGTH: 'Cut at the most tokens',
    STOPPED: 'Stopped',
};

/** What is on the page of each model, so that it is still there after a look at another page. */
const workspaces = new Map();

let lastId = 0;

function newMessage(role, content, more = {}) {
    return { id: ++lastId, role, content, name: null, toolCalls: [], toolCallId: null, thinking: '', tokens: [], end: null,
        error: '', ...more };
}

function newBranch(number, system, messages) {
    return { title: `Branch ${number}`, system, messages };
}

/** Conversations with a model whose tokens can be looked at, and which can go on in other ways from any message. */
class QwcKimiLinearPlayground extends ModelPage {

    static properties = {
        _facts: { state: true },
        _view: { state: true },
        _running: { state: true },
        _editing: { state: true },
        _rendering: { state: true },
        _showTokens: { state: true },
    };

    static styles = [ModelPage.styles, css`
        .columns {
            display: grid;
            grid-template-columns: minmax(0, 1fr) minmax(18rem, 24rem);
            gap: var(--lumo-space-l);
            align-items: start;
            margin-block-start: var(--lumo-space-m);
        }
        @media (max-width: 70rem) {
            .columns {
                grid-template-columns: minmax(0, 1fr);
            }
        }
        vaadin-select, vaadin-text-area {
            inline-size: 100%;
        }
        /* As high when it is empty, so that nothing below moves; and it stays at its end while that grows. */
        .scroll {
            display: flex;
            flex-direction: column-reverse;
            block-size: max(20rem, 100vh - 36rem);
            overflow-y: auto;
            padding: var(--lumo-space-xs) var(--lumo-space-s);
            border: 1px solid var(--lumo-contrast-20pct);
            border-radius: var(--lumo-border-radius-m);
        }
        .scroll > * {
            margin-block-end: auto;
        }
        .row {
            display: flex;
            flex-wrap: wrap;
            align-items: center;
            gap: var(--lumo-space-s);
            margin-block: var(--lumo-space-s);
        }
        article {
            margin-block: var(--lumo-space-s);
            padding: var(--lumo-space-s) var(--lumo-space-m);
            border-radius: var(--lumo-border-radius-m);
        }
        article.USER, article.TOOL {
            background: var(--lumo-contrast-5pct);
        }
        article h4 {
            margin: 0;
            color: var(--lumo-secondary-text-color);
            font-size: var(--lumo-font-size-s);
        }
        article vaadin-button {
            margin: 0;
        }
        .text {
            margin: var(--lumo-space-xs) 0;
            overflow-wrap: anywhere;
            white-space: pre-wrap;
        }
        .thinking {
            padding-inline-start: var(--lumo-space-m);
            border-inline-start: 3px solid var(--lumo-contrast-20pct);
            color: var(--lumo-secondary-text-color);
        }
        .remark {
            margin: var(--lumo-space-xs) 0;
            color: var(--lumo-secondary-text-color);
            font-size: var(--lumo-font-size-s);
        }`];

    constructor() {
        super();
        this._facts = null;
        this._view = 'conversation';
        this._running = null;
        this._editing = null;
        this._rendering = null;
        this._showTokens = true;
    }

    connectedCallback() {
        super.connectedCallback();
        this._left = () => this._finish('Stopped because the page was left.');
        window.addEventListener('pagehide', this._left);
    }

    disconnectedCallback() {
        window.removeEventListener('pagehide', this._left);
        clearTimeout(this._renderTimer);
        this._left();
        super.disconnectedCallback();
    }

    hotReload() {
        this._finish('The application was started again before the answer was complete.');
        return super.hotReload();
    }

    async modelChosen() {
        this._finish('Stopped because another model was chosen.');
        this._facts = null;
        this._rendering = null;
        this._renderedFor = null;
        const model = this._model;
        const facts = await this.ask('details', { model });
        if (facts && model === this._model) {
            this._prepare(model, facts);
            this._facts = facts;
        }
    }

    _prepare(model, facts) {
        const defaults = inputsOf(facts.parameters);
        const workspace = workspaces.get(model);
        if (workspace) {
            workspace.inputs = rebased(workspace.inputs, workspace.defaults, defaults);
            workspace.defaults = defaults;
        } else {
            workspaces.set(model, { branches: [newBranch(1, '', [])], branch: 0, branchesMade: 1, draft: '', tools: '',
                defaults, inputs: defaults, formatKind: facts.format.kind, formatText: facts.format.text });
        }
    }

    get _workspace() {
        return workspaces.get(this._model);
    }

    get _branch() {
        return this._workspace.branches[this._workspace.branch];
    }

    /**
     * Changes what is on the page. Fields say what they hold also when they are drawn, perhaps with a listener of what was
     * there before: so it is compared with what is there now.
     */
    _change(changes) {
        const workspace = this._workspace;
        if (Object.entries(changes).some(([name, value]) => workspace[name] !== value)) {
            Object.assign(workspace, changes);
            this.requestUpdate();
        }
    }

    // What is said to the model.

    /** The conversation as the service takes it; `draft` is a further message of the user unless it is blank. */
    _conversation(draft) {
        const { system, messages } = this._branch;
        const turns = messages.filter(isSaid).map(turn);
        if (system.trim() !== '') {
            turns.unshift(turn(newMessage('SYSTEM', system)));
        }
        if (draft.trim() !== '') {
            turns.push(turn(newMessage('USER', draft)));
        }
        return { turns, tools: toolsOf(this._workspace.tools) };
    }

    _send() {
        const { draft } = this._workspace;
        if (draft.trim() !== '' && this._mayAsk()) {
            this._branch.messages.push(newMessage('USER', draft));
            this._change({ draft: '' });
            this._generate();
        }
    }

    /** Forgets what follows a message, and an answer itself, and has it answered again. */
    _answerFrom(index) {
        const { messages } = this._branch;
        if (this._mayAsk()) {
            messages.splice(messages[index].role === 'ASSISTANT' ? index : index + 1);
            this._generate();
        }
    }

    _mayAsk() {
        return this._running === null && toolsProblem(this._workspace.tools) === ''
            && this.renderRoot.querySelector('kimi-linear-parameters').check();
    }

    _generate() {
        const { inputs, formatKind, formatText } = this._workspace;
        const observer = this.jsonRpc.generate({ model: this._model, conversation: this._conversation(''),
            parameters: parametersOf(inputs), format: { kind: formatKind, text: formatText } });
        const running = { id: null, answer: newMessage('ASSISTANT', ''), observer, progress: null };
        this._branch.messages.push(running.answer);
        this._running = running;
        observer.onNext(response => {
            if (running === this._running) {
                this._take(response.result);
            }
        }).onError(failure => {
            if (running === this._running) {
                this._finish(messageOf(failure));
            }
        });
    }

    _take(event) {
        const { answer } = this._running;
        if (event.started) {
            this._running.id = event.started.id;
        } else if (event.progress) {
            this._running.progress = event.progress;
        } else if (event.token) {
            answer.tokens.push(event.token);
        } else if (event.text) {
            answer.content += event.text;
        } else if (event.thinking) {
            answer.thinking += event.thinking;
        } else if (event.toolCall) {
            answer.toolCalls.push(event.toolCall);
        } else if (event.end) {
            answer.end = event.end;
            this._finish('');
        } else {
            this._finish(event.error);
        }
        this._redrawSoon();
    }

    /** Once a frame, however many tokens come. */
    _redrawSoon() {
        this._frame ??= requestAnimationFrame(() => {
            this._frame = undefined;
            this.requestUpdate();
        });
    }

    /** Asks for the end of the answer, which then comes with its facts. */
    _stop() {
        if (this._running.id === null) {
            this._finish('Stopped before it began.');
        } else {
            this.ask('stop', { id: this._running.id });
        }
    }

    /** The answer under way ends here; the model need not go on with it. An error says why it is not complete. */
    _finish(error) {
        if (this._running !== null) {
            this._running.observer.cancel();
            this._running.answer.error = error;
            this._running = null;
        }
    }

    // Branches and messages.

    _fork(index) {
        const { branches, branchesMade } = this._workspace;
        const messages = this._branch.messages.slice(0, index + 1)
            .map(message => ({ ...structuredClone(message), id: ++lastId }));
        branches.push(newBranch(branchesMade + 1, this._branch.system, messages));
        this._change({ branchesMade: branchesMade + 1, branch: branches.length - 1 });
    }

    _newBranch() {
        const { branches, branchesMade } = this._workspace;
        branches.push(newBranch(branchesMade + 1, '', []));
        this._change({ branchesMade: branchesMade + 1, branch: branches.length - 1 });
    }

    _closeBranch() {
        const { branches, branch } = this._workspace;
        if (branches[branch].messages.includes(this._running?.answer)) {
            this._finish('Stopped because its branch was closed.');
        }
        branches.splice(branch, 1);
        this._workspace.branch = Math.max(0, branch - 1);
        this.requestUpdate();
    }

    _delete(index) {
        this._branch.messages.splice(index, 1);
        this.requestUpdate();
    }

    _saveEdit(message) {
        Object.assign(message, { content: this._editing.text, thinking: '', tokens: [], end: null, error: '' });
        this._editing = null;
    }

    _answerCall(index, call) {
        const result = newMessage('TOOL', '', { name: call.name, toolCallId: call.id });
        this._branch.messages.splice(index + 1, 0, result);
        this._editing = { id: result.id, text: '' };
    }

    // The page.

    updated(changed) {
        super.updated(changed);
        if (this._view === 'prompt' && this._facts !== null && this._running === null
                && toolsProblem(this._workspace.tools) === '') {
            this._renderSoon(this._conversation(this._workspace.draft));
        }
    }

    _renderSoon(conversation) {
        const wanted = JSON.stringify(conversation);
        if (wanted !== this._renderedFor) {
            this._renderedFor = wanted;
            clearTimeout(this._renderTimer);
            this._renderTimer = setTimeout(async () => {
                const rendering = await this.ask('render', { model: this._model, conversation });
                if (wanted === this._renderedFor) {
                    this._rendering = rendering ?? null;
                }
            }, RENDER_DELAY_MILLIS);
        }
    }

    renderModel() {
        if (this._facts === null) {
            return this._errors.details ? nothing : html`<vaadin-progress-bar indeterminate></vaadin-progress-bar>`;
        }
        const { branches, branch } = this._workspace;
        return html`
            <div class="row">
                ${choice('Branches', branches.map(({ title }, i) => [i, title]), branch,
                    i => this._change({ branch: i }))}
                <vaadin-button theme="small tertiary" @click=${this._newBranch}>New branch</vaadin-button>
                <vaadin-button theme="small tertiary" ?disabled=${branches.length === 1} @click=${this._closeBranch}
                    >Close this branch</vaadin-button>
            </div>
            ${choice('View', [['conversation', 'Conversation'], ['prompt', 'Prompt as the model reads it']], this._view,
                view => { this._view = view; })}
            <div class="columns">
                <div>
                    ${this._view === 'prompt' ? this._renderPrompt() : this._renderConversation()}
                    ${this._renderComposer()}
                </div>
                <div>${this._renderSettings()}</div>
            </div>`;
    }

    _renderConversation() {
        const { system, messages } = this._branch;
        return html`
            <vaadin-text-area label="System message" .value=${system}
                @value-changed=${event => this._systemChanged(event.detail.value)}></vaadin-text-area>
            <vaadin-checkbox label="Show tokens and their probabilities" .checked=${this._showTokens}
                @checked-changed=${event => { this._showTokens = event.detail.value; }}></vaadin-checkbox>
            <div class="scroll">
                <div role="log" aria-label="Conversation" aria-busy=${this._running === null ? 'false' : 'true'}>
                    ${messages.length === 0 ? html`<p class="quiet">Nothing has been said yet.</p>` : nothing}
                    ${repeat(messages, message => message.id, (message, i) => this._renderMessage(message, i))}
                </div>
            </div>`;
    }

    _systemChanged(system) {
        if (system !== this._branch.system) {
            this._branch.system = system;
            this.requestUpdate();
        }
    }

    _renderMessage(message, index) {
        const { role, toolCalls, end, error } = message;
        const title = message.name === null ? ROLES[role] : `${ROLES[role]} of ${message.name}`;
        const editing = this._editing?.id === message.id;
        return html`
            <article class=${role} aria-label=${title}>
                <div class="row"><h4>${title}</h4>${editing ? nothing : this._renderActions(message, index)}</div>
                ${editing ? this._renderEditor(message) : this._renderText(message)}
                ${toolCalls.map(call => this._renderCall(call, index))}
                ${message === this._running?.answer ? html`<p class="remark">${progressOf(this._running)}</p>` : nothing}
                ${end === null ? nothing : html`<p class="remark">${factsOf(end)}</p>`}
                ${error === '' ? nothing : html`<p class="error">${error}</p>`}
            </article>`;
    }

    _renderText({ content, thinking, tokens }) {
        if (this._showTokens && tokens.length > 0) {
            return html`<kimi-linear-tokens .tokens=${tokens} .count=${tokens.length}
                label="Tokens of the answer; arrow keys show the alternatives of each"></kimi-linear-tokens>`;
        }
        return html`
            ${thinking === '' ? nothing : html`<p class="text thinking" aria-label="Thinking">${thinking}</p>`}
            <p class="text">${content}</p>`;
    }

    _renderCall(call, index) {
        const answered = this._branch.messages.some(message => message.toolCallId === call.id);
        return html`
            <p class="text"><code>${call.name}(${call.argumentsJson})</code></p>
            ${answered ? nothing : html`
                <vaadin-button theme="small" ?disabled=${this._running !== null}
                    @click=${() => this._answerCall(index, call)}>Add the result of ${call.name}</vaadin-button>`}`;
    }

    _renderActions(message, index) {
        const action = (text, act) => html`<vaadin-button theme="small tertiary" ?disabled=${this._running !== null}
            aria-label="${text}: message ${index + 1}" @click=${act}>${text}</vaadin-button>`;
        return html`
            ${action('Edit', () => { this._editing = { id: message.id, text: message.content }; })}
            ${action('Delete', () => this._delete(index))}
            ${action('Answer from here', () => this._answerFrom(index))}
            ${action('Fork', () => this._fork(index))}`;
    }

    _renderEditor(message) {
        return html`
            <vaadin-text-area label="Text of the message" autofocus .value=${this._editing.text}
                @value-changed=${event => { this._editing.text = event.detail.value; }}></vaadin-text-area>
            <div class="row">
                <vaadin-button theme="small primary" @click=${() => this._saveEdit(message)}>Save</vaadin-button>
                <vaadin-button theme="small" @click=${() => { this._editing = null; }}>Discard</vaadin-button>
            </div>`;
    }

    _renderPrompt() {
        const rendering = this._rendering;
        if (toolsProblem(this._workspace.tools) !== '') {
            return html`<p class="error">The tools cannot be read.</p>`;
        }
        if (rendering === null) {
            return html`<p class="quiet">Rendering...</p>`;
        }
        if (rendering.error) {
            return html`<p class="error" role="alert">${rendering.error}</p>`;
        }
        return html`
            <p>${number(rendering.tokens.length)} tokens, of ${number(this._facts.info.contextTokens)} that prompt and answer
                may have. A line marks where a token begins, a coloured ground the control tokens.</p>
            <div class="scroll">
                <kimi-linear-tokens .tokens=${rendering.tokens} .count=${rendering.tokens.length}
                    label="Tokens of the prompt; arrow keys show the number of each"></kimi-linear-tokens>
            </div>`;
    }

    _renderComposer() {
        const { draft } = this._workspace;
        const busy = this._running !== null;
        return html`
            <vaadin-text-area label="Message" helper-text="Enter sends, Shift+Enter starts a new line" .value=${draft}
                @value-changed=${event => this._change({ draft: event.detail.value })}
                @keydown=${this._keyPressed}></vaadin-text-area>
            <div class="row">
                <vaadin-button theme="primary" ?disabled=${busy || draft.trim() === ''} @click=${this._send}
                    >Send</vaadin-button>
                <vaadin-button ?disabled=${!busy} @click=${this._stop}>Stop</vaadin-button>
                <span role="status">${busy ? 'Answering' : this._branch.messages.at(-1)?.end ? 'Answer complete' : ''}</span>
            </div>`;
    }

    _keyPressed(event) {
        // isComposing: Enter that ends the input of, say, a Chinese word must not send.
        if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            this._send();
        }
    }

    _renderSettings() {
        const { inputs, defaults, tools, formatKind, formatText } = this._workspace;
        const problem = toolsProblem(tools);
        return html`
            <vaadin-select label="Form of the answer" .items=${FORMATS} .value=${formatKind}
                @value-changed=${event => this._change({ formatKind: event.detail.value || this._workspace.formatKind })}
                ></vaadin-select>
            ${FORMAT_TEXTS[formatKind] ? html`
                <vaadin-text-area label=${FORMAT_TEXTS[formatKind]} .value=${formatText}
                    @value-changed=${event => this._change({ formatText: event.detail.value })}></vaadin-text-area>`
                : nothing}
            <vaadin-text-area label="Tools, in JSON" .value=${tools} .invalid=${problem !== ''} .errorMessage=${problem}
                helper-text='such as [{"name": "weather", "description": "Tells it", "parameters": {"type": "object"}}]'
                @value-changed=${event => this._change({ tools: event.detail.value })}></vaadin-text-area>
            <kimi-linear-parameters .inputs=${inputs} .defaults=${defaults}
                .mostAlternatives=${this._facts.mostAlternatives}
                @change=${event => this._change({ inputs: event.detail.inputs })}></kimi-linear-parameters>`;
    }
}

/** Whether a message is part of the conversation: an answer that failed before it began is none. */
function isSaid({ role, content, toolCalls }) {
    return role !== 'ASSISTANT' || content !== '' || toolCalls.length > 0;
}

/** A message as the service takes it. */
function turn({ role, name, content, toolCalls, toolCallId }) {
    return { role, name, content, toolCalls, toolCallId };
}

/** Tools as the service takes them. */
function toolsOf(text) {
    return text.trim() === '' ? [] : JSON.parse(text).map(({ name, description, parameters }) =>
        ({ name, description, parametersJsonSchema: JSON.stringify(parameters ?? { type: 'object', properties: {} }) }));
}

/** What is wrong with the text of the tools; '' if nothing is. */
function toolsProblem(text) {
    try {
        return toolsOf(text).every(tool => typeof tool.name === 'string') ? '' : 'Expected a name in each tool';
    } catch (failure) {
        return `Not an array of tools in JSON: ${failure.message}`;
    }
}

function progressOf({ id, progress }) {
    if (id === null) {
        return 'Is sent';
    }
    switch (progress?.phase) {
        case 'WAITING':
            return 'Waits for its turn';
        case 'READING':
            return `Reads the prompt: ${number(progress.readTokens)} of ${number(progress.promptTokens)} tokens`;
        case 'WRITING':
            return `Writes: ${number(progress.outputTokens)} tokens after ${duration(progress.ageMillis)}`;
        default:
            return 'Begins';
    }
}

function factsOf({ reason, promptTokens, restoredTokens, outputTokens, tokensPerSecond, firstTokenMillis, millis }) {
    const first = firstTokenMillis === undefined || firstTokenMillis === null ? ''
        : `, the first after ${duration(firstTokenMillis)}`;
    const rate = tokensPerSecond > 0 ? ` (${tokensPerSecond.toFixed(1)} a second)` : '';
    return `${REASONS[reason] ?? reason} after ${duration(millis)}: ${number(outputTokens)} tokens${rate}${first}. Prompt: `
        + `${number(promptTokens)} tokens, ${number(restoredTokens)} of them restored.`;
}

customElements.define('qwc-kimi-linear-playground', QwcKimiLinearPlayground);
