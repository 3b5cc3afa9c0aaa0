import { css, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { ServicePage, bar, bytes, duration, percent } from './kimi-linear-ui.js';

const PERIOD_MILLIS = 1000;

const STATES = {
    FETCHING: 'is being fetched',
    DONE: 'is there',
    FAILED: 'failed',
    CANCELLED: 'cancelled',
};

/** The models that are fetched, or were. */
class QwcKimiLinearDownload extends ServicePage {

    static properties = {
        _downloads: { state: true },
    };

    static styles = [ServicePage.styles, css`
        ul {
            display: grid;
            gap: var(--lumo-space-m);
            max-inline-size: 48rem;
            margin: var(--lumo-space-m) 0;
            padding: 0;
            list-style: none;
        }
        li {
            padding: var(--lumo-space-m);
            border: 1px solid var(--lumo-contrast-20pct);
            border-radius: var(--lumo-border-radius-m);
        }
        h3 {
            margin: 0;
            overflow-wrap: anywhere;
        }
        p {
            margin: var(--lumo-space-xs) 0;
            overflow-wrap: anywhere;
        }`];

    constructor() {
        super();
        this._downloads = null;
    }

    connectedCallback() {
        super.connectedCallback();
        this.poll(() => this._call('downloads'), PERIOD_MILLIS);
    }

    hotReload() {
        super.hotReload();
        this._call('downloads');
    }

    async _call(method, parameters) {
        this._downloads = await this.ask(method, parameters) ?? this._downloads;
    }

    renderPage() {
        if (this._downloads === null) {
            return html`<vaadin-progress-bar indeterminate></vaadin-progress-bar>`;
        }
        if (this._downloads.length === 0) {
            return html`<p role="status">Nothing is fetched: the files of all models were on this machine when the application started.</p>`;
        }
        return html`
            <p class="visually-hidden" role="status">${this._downloads.map(download =>
                `${download.source} ${STATES[download.state]}.`).join(' ')}</p>
            <ul>${repeat(this._downloads, download => download.source, download => this._renderDownload(download))}</ul>`;
    }

    _renderDownload(download) {
        const { models, source, state, message } = download;
        return html`
            <li>
                <h3>${source}</h3>
                <p class="quiet">For ${models}</p>
                ${bar(state === 'DONE' ? 1 : download.bytes / download.totalBytes)}
                <p>${STATES[state]}: ${amount(download)}</p>
                ${message ? html`<p class=${state === 'FAILED' ? 'error' : 'quiet'}>${message}</p>` : nothing}
                ${state === 'FETCHING' ? this._renderButton('Cancel', 'cancelDownload', source) : nothing}
                ${['FAILED', 'CANCELLED'].includes(state) ? this._renderButton('Retry', 'retryDownload', source) : nothing}
            </li>`;
    }

    _renderButton(text, method, source) {
        return html`<vaadin-button theme="small" aria-label="${text}: ${source}"
            @click=${() => this._call(method, { source })}>${text}</vaadin-button>`;
    }
}

/** How much of it is there, how fast the rest comes and when it will be done, as far as that is known. */
function amount({ bytes: there, totalBytes, bytesPerSecond, secondsLeft }) {
    const share = totalBytes > 0 ? ` of ${bytes(totalBytes)} (${percent(there / totalBytes)})` : '';
    const parts = [bytes(there) + share];
    if (bytesPerSecond > 0) {
        parts.push(`${bytes(bytesPerSecond)} a second`);
    }
    if (secondsLeft !== undefined && secondsLeft !== null) {
        parts.push(`${duration(secondsLeft * 1000)} left`);
    }
    return parts.join(', ');
}

customElements.define('qwc-kimi-linear-download', QwcKimiLinearDownload);
