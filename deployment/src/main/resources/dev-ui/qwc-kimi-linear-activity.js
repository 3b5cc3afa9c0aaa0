import { css, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { connectionState } from 'connection-state';
import { ModelPage, bar, bytes, choice, duration, messageOf, number, percent } from './kimi-linear-ui.js';
import './kimi-linear-heat-map.js';

const CHART_SECONDS = 120;

/** A stream that was silent for so long is subscribed to again: the application restarts, or another tab took it over. */
const SILENCE_MILLIS = 5000;

const PHASES = {
    WAITING: 'waits',
    READING: 'reads its prompt',
    WRITING: 'writes its answer',
};

/** What a model does right now. */
class QwcKimiLinearActivity extends ModelPage {

    static properties = {
        _sample: { state: true },
        _showRecent: { state: true },
    };

    static styles = [ModelPage.styles, css`
        .gauges {
            display: grid;
            grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr));
            gap: var(--lumo-space-m);
            margin: var(--lumo-space-m) 0;
        }
        .gauge {
            padding: var(--lumo-space-s) var(--lumo-space-m);
            border: 1px solid var(--lumo-contrast-20pct);
            border-radius: var(--lumo-border-radius-m);
        }
        dt {
            color: var(--lumo-secondary-text-color);
            font-size: var(--lumo-font-size-s);
        }
        dd {
            margin: 0;
            font-size: var(--lumo-font-size-xl);
            font-variant-numeric: tabular-nums;
        }
        .gauge:has(svg) {
            grid-column: span 2;
        }
        dd:has(svg) {
            display: grid;
            grid-template-columns: 4rem 1fr;
        }
        svg {
            inline-size: 100%;
            block-size: 2rem;
        }
        polyline {
            fill: none;
            stroke: var(--lumo-primary-color);
            stroke-width: 1.5;
            vector-effect: non-scaling-stroke;
        }
        kimi-linear-heat-map {
            margin-block-start: var(--lumo-space-s);
        }
        .requests {
            min-block-size: 6rem;
        }
        .misses {
            max-block-size: 16rem;
            overflow-y: auto;
        }
        .misses li {
            margin-block-end: var(--lumo-space-s);
            overflow-wrap: anywhere;
        }`];

    constructor() {
        super();
        this._showRecent = false;
        this._forget();
    }

    connectedCallback() {
        super.connectedCallback();
        this._watch = setInterval(() => this._listenAgainAfterSilence(), 1000);
        this._left = () => this._observer?.cancel();
        window.addEventListener('pagehide', this._left);
    }

    disconnectedCallback() {
        clearInterval(this._watch);
        window.removeEventListener('pagehide', this._left);
        this._observer?.cancel();
        this._observer = null;
        super.disconnectedCallback();
    }

    modelChosen() {
        this._forget();
        this._listen();
    }

    _forget() {
        this._sample = null;
        this._rates = [];
        this._firstTokenMillis = null;
        this._totals = [];
        this._recent = [];
    }

    _listen() {
        this._observer?.cancel();
        this._heardAt = Date.now();
        const observer = this.jsonRpc.activity({ model: this._model });
        this._observer = observer;
        observer.onNext(response => {
            if (observer === this._observer) {
                this._take(response.result);
            }
        }).onError(failure => this.report('activity', messageOf(failure)));
    }

    _listenAgainAfterSilence() {
        if (this._observer && connectionState.current.isConnected && Date.now() - this._heardAt > SILENCE_MILLIS) {
            this._listen();
        }
    }

    _take(sample) {
        this._heardAt = Date.now();
        this._sample = sample;
        this.report('activity', '');
        if (sample.rates) {
            this._rates = [...this._rates, sample.rates.outputTokens].slice(-CHART_SECONDS);
            this._firstTokenMillis = sample.rates.firstTokenMillis ?? this._firstTokenMillis;
        } else {
            // A new stream says everything since the engine was opened.
            this._totals = [];
        }
        if (sample.experts) {
            this._recent = sample.experts;
            this._totals = added(this._totals, sample.experts);
        }
        if (sample.last) {
            this._listen();
        }
    }

    renderModel() {
        if (this._sample === null) {
            return html`<vaadin-progress-bar indeterminate></vaadin-progress-bar>`;
        }
        const { health, stats, requests, misses } = this._sample;
        return html`
            ${health.running ? nothing
                : html`<p class="error" role="alert">The engine takes no requests: ${health.failure ?? 'it is closed'}.</p>`}
            <p class="visually-hidden" role="status">${summary(stats)}</p>
            ${this._renderGauges()}
            <h3>Requests</h3>
            <div class="requests">${renderRequests(requests, stats)}</div>
            <h3>Prompts that were read again</h3>
            ${renderMisses(misses)}
            <h3>Load of experts</h3>
            ${this._renderExperts()}`;
    }

    _renderGauges() {
        const { stats, speed } = this._sample;
        const { snapshots } = stats;
        const gauges = [
            ['In work', number(stats.active)],
            ['Waiting', number(stats.queued)],
            ['Tokens a second', html`${speed.tokensPerSecond.toFixed(1)}${renderChart(this._rates)}`],
            ['First token after', this._firstTokenMillis === null ? '–' : duration(this._firstTokenMillis)],
            ['Went on from a snapshot', snapshots.requests === 0 ? '–' : percent(snapshots.hits / snapshots.requests)],
            ['Prompt tokens restored', number(snapshots.restoredTokens)],
            ['Prompt tokens read', number(stats.promptTokens)],
            ['Tokens written', number(stats.outputTokens)],
            ['States hold', bytes(stats.stateBytes)],
        ];
        return html`<dl class="gauges">${gauges.map(([name, value]) =>
            html`<div class="gauge"><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
    }

    _renderExperts() {
        if (this._totals.length === 0) {
            return html`<p class="quiet">No expert has worked yet, or the model has none.</p>`;
        }
        return html`
            ${choice('Period', [[false, 'Since the start'], [true, 'Last two seconds of work']], this._showRecent,
                recent => { this._showRecent = recent; })}
            <kimi-linear-heat-map .layers=${this._showRecent ? this._recent : this._totals}></kimi-linear-heat-map>`;
    }
}

/** The sums of two loads, ascending by layer; a layer is missing where it did nothing. */
function added(load, more) {
    const layers = new Map(load.map(layer => [layer.layer, layer]));
    for (const { layer, tokens } of more) {
        const before = layers.get(layer)?.tokens;
        layers.set(layer, { layer, tokens: before ? before.map((count, expert) => count + tokens[expert]) : tokens });
    }
    return [...layers.values()].sort((a, b) => a.layer - b.layer);
}

function summary(stats) {
    return stats.active === 0 && stats.queued === 0 ? 'Nothing runs.'
        : `${number(stats.active)} in work, ${number(stats.queued)} waiting.`;
}

/** The last rates, one a second, the latest at the right edge. */
function renderChart(rates) {
    const most = Math.max(0, ...rates);
    const from = CHART_SECONDS - rates.length;
    const points = rates.map((rate, i) => `${from + i},${most === 0 ? 39 : 39 - 38 * rate / most}`).join(' ');
    const now = rates.at(-1) ?? 0;
    const text = `Tokens a second over the last two minutes: ${now.toFixed(1)} now, ${most.toFixed(1)} at most`;
    return html`
        <svg role="img" aria-label=${text} viewBox="0 0 ${CHART_SECONDS - 1} 40" preserveAspectRatio="none">
            <title>${text}</title>
            <polyline points=${points}></polyline>
        </svg>`;
}

function renderRequests(requests, stats) {
    if (requests.length === 0) {
        return html`<p class="quiet">Nothing runs. Ended by themselves so far: ${number(stats.completed)}, cancelled:
            ${number(stats.cancelled)}, failed: ${number(stats.failed)}.</p>`;
    }
    const more = stats.active + stats.queued - requests.length;
    return html`
        <table>
            <thead><tr><th scope="col">Request</th><th scope="col">State</th><th scope="col">Prompt</th>
                <th scope="col" class="number">Restored</th><th scope="col" class="number">Written</th>
                <th scope="col" class="number">Age</th></tr></thead>
            <tbody>${repeat(requests, request => request.id, renderRequest)}</tbody>
        </table>
        ${more > 0 ? html`<p class="quiet">and ${number(more)} more</p>` : nothing}`;
}

function renderRequest(request) {
    return html`
        <tr>
            <th scope="row" title=${request.id}><code>${request.id.slice(0, 8)}</code></th>
            <td>${PHASES[request.phase]}</td>
            <td>${bar(request.readTokens / request.promptTokens)}
                ${number(request.readTokens)} of ${number(request.promptTokens)} tokens</td>
            <td class="number">${number(request.restoredTokens)}</td>
            <td class="number">${number(request.outputTokens)}</td>
            <td class="number">${duration(request.ageMillis)}</td>
        </tr>`;
}

function renderMisses(misses) {
    if (misses.length === 0) {
        return html`<p class="quiet">No prompt has parted from an earlier one that it began like.</p>`;
    }
    return html`<ul class="misses">${misses.map(miss => html`
        <li><time datetime=${miss.time}>${new Date(miss.time).toLocaleTimeString('en')}</time>:
            ${number(miss.restoredTokens)} of ${number(miss.promptTokens)} tokens restored. ${miss.explanation}</li>`)}
    </ul>`;
}

customElements.define('qwc-kimi-linear-activity', QwcKimiLinearActivity);
