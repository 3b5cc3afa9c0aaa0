// What the pages of the models share: how they ask the service, the choice of a model, numbers for readers, and styles.

import { css, html, nothing } from 'lit';
import { QwcHotReloadElement } from 'qwc-hot-reload-element';
import { JsonRpc } from 'jsonrpc';
import '@vaadin/button';
import '@vaadin/progress-bar';
import '@vaadin/select';

const NUMBER = new Intl.NumberFormat('en');
const PERCENT = new Intl.NumberFormat('en', { style: 'percent', maximumSignificantDigits: 3 });

const UNITS = [[2 ** 10, 'KiB'], [2 ** 20, 'MiB'], [2 ** 30, 'GiB']];

/** Until a model is open that has to be fetched first. */
const LOOK_AGAIN_MILLIS = 2000;

/** The model that was chosen on any of the pages. */
let chosenModel = null;

export function number(value) {
    return NUMBER.format(value);
}

/** In three digits; what is too small to matter is only said to be small. */
export function percent(share) {
    return share > 0 && share < 0.0001 ? '< 0.01%' : PERCENT.format(share);
}

export function bytes(value) {
    const unit = UNITS.findLast(([size]) => value >= size);
    return unit ? `${(value / unit[0]).toFixed(1)} ${unit[1]}` : `${number(value)} B`;
}

export function duration(millis) {
    if (millis < 1000) {
        return `${Math.round(millis)} ms`;
    }
    const seconds = millis / 1000;
    if (seconds < 60) {
        return `${seconds.toFixed(1)} s`;
    }
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) {
        return `${minutes} min ${Math.floor(seconds % 60)} s`;
    }
    return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** What went wrong, of an answer of the service or an exception, without the name of the method. */
export function messageOf(failure) {
    const message = failure?.error?.message ?? failure?.message ?? String(failure);
    return message.replace(/^Method \[[^\]]*\] failed: /, '');
}

/** Buttons of which one is pressed: `options` are the values with their texts. */
export function choice(label, options, current, choose) {
    return html`
        <div class="choice" role="group" aria-label=${label}>
            ${options.map(([value, text]) => html`
                <vaadin-button theme=${value === current ? 'small primary' : 'small'}
                    aria-pressed=${value === current ? 'true' : 'false'}
                    @click=${() => choose(value)}>${text}</vaadin-button>`)}
        </div>`;
}

/** A bar that fills; its text must stand beside it. */
export function bar(share) {
    const filled = Math.min(100, Math.max(0, 100 * (Number.isFinite(share) ? share : 0)));
    return html`<div class="bar" aria-hidden="true"><div style="inline-size: ${filled}%"></div></div>`;
}

/** A page that asks the service. */
export class ServicePage extends QwcHotReloadElement {

    // Not into the Dev UI's log of messages, which the streams would fill.
    jsonRpc = new JsonRpc(this, false);

    static properties = {
        _errors: { state: true },
    };

    static styles = css`
        :host {
            display: block;
            padding: 0 var(--lumo-space-m) var(--lumo-space-l);
            color: var(--lumo-body-text-color);
        }
        h3 {
            margin: var(--lumo-space-l) 0 var(--lumo-space-s);
            font-size: var(--lumo-font-size-l);
        }
        h4 {
            margin: var(--lumo-space-m) 0 var(--lumo-space-s);
            font-size: var(--lumo-font-size-m);
        }
        table {
            border-collapse: collapse;
        }
        th, td {
            padding: var(--lumo-space-xs) var(--lumo-space-m) var(--lumo-space-xs) 0;
            text-align: start;
            vertical-align: top;
        }
        th {
            color: var(--lumo-secondary-text-color);
            font-weight: 500;
        }
        .number {
            font-variant-numeric: tabular-nums;
            text-align: end;
        }
        .quiet {
            color: var(--lumo-secondary-text-color);
        }
        .error {
            color: var(--lumo-error-text-color);
            white-space: pre-wrap;
        }
        .choice {
            display: inline-flex;
            flex-wrap: wrap;
            gap: var(--lumo-space-xs);
        }
        .bar {
            box-sizing: border-box;
            inline-size: 100%;
            min-inline-size: 8rem;
            block-size: 0.75rem;
            margin-block: 0.4rem;
            overflow: hidden;
            border: 1px solid var(--lumo-contrast-30pct);
            border-radius: 0.375rem;
            background: var(--lumo-contrast-5pct);
        }
        .bar > div {
            block-size: 100%;
            background: var(--lumo-primary-color);
        }
        .visually-hidden {
            position: absolute;
            inline-size: 1px;
            block-size: 1px;
            overflow: hidden;
            clip-path: inset(50%);
            white-space: nowrap;
        }`;

    constructor() {
        super();
        this._errors = {};
    }

    connectedCallback() {
        super.connectedCallback();
        this.hotReload();
    }

    disconnectedCallback() {
        clearInterval(this._pollTimer);
        super.disconnectedCallback();
    }

    /** The application has started, perhaps again: what was asked before is not answered any more. */
    hotReload() {
        this._polling = false;
    }

    /** The answer of the service; undefined if it failed, and then the page says why. */
    async ask(method, parameters = {}) {
        try {
            const response = await this.jsonRpc[method](parameters);
            this.report(method, '');
            return response.result;
        } catch (failure) {
            this.report(method, messageOf(failure));
            return undefined;
        }
    }

    /** Shows what went wrong in a method of the service, until it goes well: then the message is ''. */
    report(method, message) {
        if ((this._errors[method] ?? '') !== message) {
            this._errors = { ...this._errors, [method]: message };
        }
    }

    /** Does something again and again as long as somebody sees it, never twice at a time. */
    poll(action, millis) {
        this._pollTimer = setInterval(async () => {
            if (!this._polling && document.visibilityState === 'visible') {
                this._polling = true;
                await action();
                this._polling = false;
            }
        }, millis);
    }

    render() {
        return html`
            ${Object.values(this._errors).filter(message => message !== '')
                .map(message => html`<p class="error" role="alert">${message}</p>`)}
            ${this.renderPage()}`;
    }
}

/** A page about one of the models, which can be chosen where there are several. */
export class ModelPage extends ServicePage {

    static properties = {
        _models: { state: true },
        _model: { state: true },
    };

    constructor() {
        super();
        this._models = null;
        this._model = null;
    }

    async hotReload() {
        super.hotReload();
        clearTimeout(this._nextLook);
        const models = await this.ask('models');
        if (models && this.isConnected) {
            this._models = models;
            if (models.length === 0) {
                this._nextLook = setTimeout(() => this.hotReload(), LOOK_AGAIN_MILLIS);
            }
            this._choose(models.find(model => model.name === chosenModel)?.name ?? models[0]?.name ?? null);
        }
    }

    disconnectedCallback() {
        clearTimeout(this._nextLook);
        super.disconnectedCallback();
    }

    _choose(name) {
        this._model = name;
        if (name !== null) {
            chosenModel = name;
            this.modelChosen();
        }
    }

    renderPage() {
        if (this._models === null) {
            return html`<vaadin-progress-bar indeterminate></vaadin-progress-bar>`;
        }
        if (this._model === null) {
            return html`<p>No model is open yet. It may be on its way, see the page Download; or the application asks for none, or
                the integration of all of them is disabled.</p>`;
        }
        return html`
            ${this._models.length > 1 ? this._renderChoice() : nothing}
            ${this.renderModel()}`;
    }

    _renderChoice() {
        const items = this._models.map(model => ({ label: `${model.name} (${model.modelName})`, value: model.name }));
        return html`<vaadin-select label="Model" .items=${items} .value=${this._model}
            @value-changed=${event => this._choiceChanged(event.detail.value)}></vaadin-select>`;
    }

    _choiceChanged(name) {
        // The select says so too when it is drawn first, and when it has no value yet.
        if (name && name !== this._model) {
            this._choose(name);
        }
    }
}
