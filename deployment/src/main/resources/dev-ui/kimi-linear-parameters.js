import { LitElement, css, html, nothing } from 'lit';
import '@vaadin/button';
import '@vaadin/checkbox';
import '@vaadin/integer-field';
import '@vaadin/number-field';
import '@vaadin/select';
import '@vaadin/text-field';

const GROUPS = [
    ['Choice of tokens', [
        { name: 'temperature', kind: 'number', label: 'Temperature', min: 0, hint: '0 takes the most probable token' },
        { name: 'topK', kind: 'integer', label: 'Top k', min: 0, hint: '0 keeps all' },
        { name: 'typicalP', kind: 'number', label: 'Typical p', min: 0, max: 1, hint: '1 keeps all' },
        { name: 'topP', kind: 'number', label: 'Top p', min: 0, max: 1, hint: '1 keeps all' },
        { name: 'minP', kind: 'number', label: 'Min p', min: 0, max: 1, hint: '0 keeps all' },
        { name: 'seed', kind: 'text', label: 'Seed', hint: 'a whole number; empty for a random one' },
        { name: 'logitBias', kind: 'object', label: 'Logit bias', hint: 'by id of a token, such as {"42": -5}' },
    ]],
    ['Penalties for repetition', [
        { name: 'repetitionPenalty', kind: 'number', label: 'Repetition', min: 0, hint: '1 is off' },
        { name: 'frequencyPenalty', kind: 'number', label: 'Frequency', hint: '0 is off' },
        { name: 'presencePenalty', kind: 'number', label: 'Presence', hint: '0 is off' },
        { name: 'penaltyWindow', kind: 'integer', label: 'Window', min: 0, hint: 'in tokens; 0 means all' },
    ]],
    ['DRY', [
        { name: 'dryMultiplier', kind: 'number', label: 'Multiplier', min: 0, hint: '0 is off' },
        { name: 'dryBase', kind: 'number', label: 'Base', min: 1 },
        { name: 'dryAllowedLength', kind: 'integer', label: 'Allowed length', min: 1, hint: 'in tokens' },
        { name: 'dryWindow', kind: 'integer', label: 'Window', min: 0, hint: 'in tokens; 0 means all' },
        { name: 'drySequenceBreakers', kind: 'array', label: 'Sequence breakers', hint: 'such as ["\\n", ":"]' },
    ]],
    ['XTC', [
        { name: 'xtcProbability', kind: 'number', label: 'Probability', min: 0, max: 1, hint: '0 is off' },
        { name: 'xtcThreshold', kind: 'number', label: 'Threshold', min: 0, max: 1 },
    ]],
    ['End of the answer', [
        { name: 'maxOutputTokens', kind: 'integer', label: 'Most tokens', min: 0, hint: '0: as many as fit' },
        { name: 'stop', kind: 'array', label: 'Stop texts', hint: 'such as ["\\n\\n"]' },
        { name: 'timeoutMillis', kind: 'integer', label: 'Timeout in ms', min: 0, hint: '0: never' },
        { name: 'ignoreEndOfGeneration', kind: 'boolean', label: 'Go on after an end-of-generation token' },
    ]],
    ['Tools', [
        { name: 'toolChoice', kind: 'choice', label: 'Tool choice', values: ['AUTO', 'REQUIRED', 'NONE'] },
        { name: 'parallelToolCalls', kind: 'boolean', label: 'Several calls in one answer' },
    ]],
    ['What is shown', [
        { name: 'alternatives', kind: 'integer', label: 'Alternatives of a token', min: 1 },
        { name: 'splitThinking', kind: 'boolean', label: 'Tell thinking apart from the answer' },
        { name: 'renderControlTokens', kind: 'boolean', label: 'Control tokens in the text' },
    ]],
];

const FIELDS = GROUPS.flatMap(([, fields]) => fields);

/** The parameters as what stands in the fields: a text for each, or whether it is ticked. */
export function inputsOf(parameters) {
    return Object.fromEntries(FIELDS.map(({ name, kind }) => [name, inputOf(parameters[name], kind)]));
}

function inputOf(value, kind) {
    return kind === 'boolean' ? value : kind === 'array' || kind === 'object' ? JSON.stringify(value) : String(value);
}

/** What stands in the fields as parameters; one that is empty is left out, and the service takes the model's own. */
export function parametersOf(inputs) {
    const parameters = {};
    for (const { name, kind } of FIELDS) {
        const input = inputs[name];
        if (kind === 'boolean' || input.trim() !== '') {
            parameters[name] = valueOf(input, kind);
        }
    }
    return parameters;
}

function valueOf(input, kind) {
    switch (kind) {
        case 'number':
        case 'integer':
            return Number(input);
        case 'array':
        case 'object':
            return JSON.parse(input);
        default:
            return input;
    }
}

/** What stands in the fields when the model's defaults become others: what was not changed follows them. */
export function rebased(inputs, before, after) {
    return Object.fromEntries(FIELDS.map(({ name }) =>
        [name, inputs[name] === before[name] ? after[name] : inputs[name]]));
}

/** What is wrong with a text that should be JSON; '' if nothing is. */
function problemOf(input, kind) {
    if ((kind !== 'array' && kind !== 'object') || input.trim() === '') {
        return '';
    }
    try {
        const value = JSON.parse(input);
        return kind === 'array'
            ? Array.isArray(value) && value.every(text => typeof text === 'string') ? '' : 'Expected texts, such as ["a", "b"]'
            : isBias(value) ? '' : 'Expected ids of tokens with numbers, such as {"42": -5}';
    } catch (failure) {
        return `Not JSON: ${failure.message}`;
    }
}

function isBias(value) {
    return value !== null && typeof value === 'object' && !Array.isArray(value)
        && Object.entries(value).every(([id, bias]) => /^\d+$/.test(id) && typeof bias === 'number');
}

/** What a number must be. */
function rangeOf(min, max) {
    if (min === undefined) {
        return 'Expected a number';
    }
    return max === undefined ? `Expected ${min} or more` : `Expected ${min} to ${max}`;
}

/** The fields for all parameters of a request. Says with an event `change` what stands in them. */
class KimiLinearParameters extends LitElement {

    static properties = {
        inputs: { attribute: false },
        /** What stands in the fields where nothing was changed. */
        defaults: { attribute: false },
        mostAlternatives: { type: Number },
    };

    static styles = css`
        fieldset {
            display: grid;
            grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr));
            gap: 0 var(--lumo-space-m);
            margin: 0 0 var(--lumo-space-m);
            padding: 0 var(--lumo-space-m) var(--lumo-space-s);
            border: 1px solid var(--lumo-contrast-20pct);
            border-radius: var(--lumo-border-radius-m);
        }
        legend {
            color: var(--lumo-secondary-text-color);
            font-size: var(--lumo-font-size-s);
        }
        .wide {
            grid-column: 1 / -1;
        }
        .changed {
            --vaadin-input-field-label-color: var(--lumo-primary-text-color);
            --vaadin-checkbox-label-color: var(--lumo-primary-text-color);
        }`;

    constructor() {
        super();
        this.inputs = null;
        this.defaults = null;
        this.mostAlternatives = 1;
    }

    render() {
        if (this.inputs === null) {
            return nothing;
        }
        return html`
            ${GROUPS.map(([legend, fields]) => html`
                <fieldset><legend>${legend}</legend>${fields.map(field => this._renderField(field))}</fieldset>`)}
            <vaadin-button theme="small" ?disabled=${FIELDS.every(({ name }) => !this._isChanged(name))}
                @click=${() => this._say(this.defaults)}>Back to the model's defaults</vaadin-button>`;
    }

    /** Whether what stands in the fields can be sent; otherwise the first field that is wrong gets the focus. */
    check() {
        const wrong = [...this.renderRoot.querySelectorAll('[data-field]')].find(field => !field.checkValidity());
        wrong?.focus();
        return wrong === undefined;
    }

    _isChanged(name) {
        return this.inputs[name] !== this.defaults[name];
    }

    _renderField(field) {
        const { name, kind, label } = field;
        const input = this.inputs[name];
        const changed = this._isChanged(name) ? 'changed' : '';
        const take = value => this._take(name, value);
        switch (kind) {
            case 'boolean':
                return html`<vaadin-checkbox data-field class="wide ${changed}" label=${label} .checked=${input}
                    @checked-changed=${event => take(event.detail.value)}></vaadin-checkbox>`;
            case 'choice':
                return html`<vaadin-select data-field class=${changed} label=${label} .value=${input}
                    .items=${field.values.map(value => ({ label: value.toLowerCase(), value }))}
                    @value-changed=${event => take(event.detail.value || this.inputs[name])}></vaadin-select>`;
            case 'number':
                return html`<vaadin-number-field data-field class=${changed} label=${label} .value=${input} .min=${field.min}
                    .max=${field.max} helper-text=${this._hint(field)} .errorMessage=${rangeOf(field.min, field.max)}
                    @value-changed=${event => take(event.detail.value)}></vaadin-number-field>`;
            case 'integer': {
                const most = name === 'alternatives' ? this.mostAlternatives : undefined;
                return html`<vaadin-integer-field data-field class=${changed} label=${label} .value=${input}
                    .min=${field.min} .max=${most} helper-text=${this._hint(field)} .errorMessage=${rangeOf(field.min, most)}
                    @value-changed=${event => take(event.detail.value)}></vaadin-integer-field>`;
            }
            default: {
                const problem = problemOf(input, kind);
                return html`<vaadin-text-field data-field class="wide ${changed}" label=${label} .value=${input}
                    helper-text=${this._hint(field)} .invalid=${problem !== ''} .errorMessage=${problem}
                    @value-changed=${event => take(event.detail.value)}></vaadin-text-field>`;
            }
        }
    }

    _hint({ name, hint = '' }) {
        return this._isChanged(name) ? `model: ${this.defaults[name] || 'empty'}` : hint;
    }

    _take(name, value) {
        // A field says what it holds also when it is drawn.
        if (value !== this.inputs[name]) {
            this._say({ ...this.inputs, [name]: value });
        }
    }

    _say(inputs) {
        this.inputs = inputs;
        this.dispatchEvent(new CustomEvent('change', { detail: { inputs } }));
    }
}

customElements.define('kimi-linear-parameters', KimiLinearParameters);
