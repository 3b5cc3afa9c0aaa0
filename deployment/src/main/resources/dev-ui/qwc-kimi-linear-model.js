import { css, html, nothing } from 'lit';
import '@vaadin/grid';
import '@vaadin/grid/vaadin-grid-column.js';
import '@vaadin/grid/vaadin-grid-sort-column.js';
import { columnBodyRenderer } from '@vaadin/grid/lit.js';
import '@vaadin/text-field';
import { ModelPage, bar, bytes, number, percent } from './kimi-linear-ui.js';

const MEMORY_PERIOD_MILLIS = 2000;

const PANELS = {
    MEMORY: 'in memory',
    FILE: 'in a mapped file of their own',
    OFF: 'none: kernels read the layout of the model file',
};

/** What a model consists of, how it is computed with, and what it takes of the memory. */
class QwcKimiLinearModel extends ModelPage {

    static properties = {
        _facts: { state: true },
        _memory: { state: true },
        _filter: { state: true },
    };

    static styles = [ModelPage.styles, css`
        .facts {
            display: grid;
            grid-template-columns: max-content 1fr;
            gap: var(--lumo-space-xs) var(--lumo-space-m);
            margin: 0;
        }
        dt {
            color: var(--lumo-secondary-text-color);
        }
        dd {
            margin: 0;
            overflow-wrap: anywhere;
        }
        .layers {
            display: flex;
            flex-wrap: wrap;
            gap: 0.25rem;
            margin: 0;
            padding: 0;
            list-style: none;
        }
        .layers > li {
            min-inline-size: 3rem;
            padding: var(--lumo-space-xs);
            border: 1px solid var(--lumo-contrast-30pct);
            border-radius: var(--lumo-border-radius-s);
            font-size: var(--lumo-font-size-s);
            line-height: 1.4;
            text-align: center;
        }
        .layers > .MLA {
            border-color: var(--lumo-primary-color);
            background: var(--lumo-primary-color-10pct);
        }
        .layers div:nth-child(2) {
            font-weight: 600;
        }
        vaadin-text-field {
            inline-size: 20rem;
        }
        vaadin-grid {
            block-size: 24rem;
        }`];

    constructor() {
        super();
        this._forget();
    }

    connectedCallback() {
        super.connectedCallback();
        this.poll(() => this._askMemory(), MEMORY_PERIOD_MILLIS);
    }

    async modelChosen() {
        this._forget();
        const model = this._model;
        const facts = await this.ask('details', { model });
        if (facts && model === this._model) {
            this._facts = facts;
            this._memory = facts.memory;
            this._tensors = facts.details.tensors.map(row);
        }
    }

    _forget() {
        this._facts = null;
        this._memory = null;
        this._tensors = [];
        this._filter = '';
    }

    async _askMemory() {
        const model = this._model;
        if (this._facts !== null) {
            const memory = await this.ask('memory', { model });
            if (memory && model === this._model) {
                this._memory = memory;
            }
        }
    }

    renderModel() {
        if (this._facts === null) {
            return this._errors.details ? nothing
                : html`<p class="quiet">Reading the model...</p><vaadin-progress-bar indeterminate></vaadin-progress-bar>`;
        }
        const { info, details } = this._facts;
        return html`
            <h3>${info.name}</h3>
            ${this._renderFacts(info, details)}
            <h3>Memory</h3>
            ${renderMemory(this._memory)}
            <h3>Layers</h3>
            ${renderLayers(details.layers)}
            <h3>Tensors</h3>
            ${renderTypes(details.tensors)}
            ${this._renderTensors()}`;
    }

    _renderFacts(info, details) {
        const facts = [
            ['File', this._facts.file],
            ['Size', `${bytes(info.bytes)} (${info.weightTypes})`],
            ['Parameters', number(info.parameters)],
            ['Fingerprint', html`<code>${details.fingerprint}</code>`],
            ['Context', `${number(info.contextTokens)} tokens, of ${number(info.fileContextTokens)} that the model can`],
            ['Vocabulary', `${number(info.vocabularySize)} tokens`],
            ['Threads', number(info.threads)],
            ['Kernels', `${details.kernels}. ${details.kernelsReason}`],
            ['Panels of weights', PANELS[details.panels]],
        ];
        return html`<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
    }

    _renderTensors() {
        const wanted = this._filter.trim().toLowerCase();
        const shown = this._tensors.filter(tensor => `${tensor.name} ${tensor.type}`.toLowerCase().includes(wanted));
        return html`
            <vaadin-text-field label="Filter by name or type" clear-button-visible .value=${this._filter}
                helper-text="${number(shown.length)} of ${number(this._tensors.length)} tensors"
                @value-changed=${event => { this._filter = event.detail.value; }}></vaadin-text-field>
            <vaadin-grid .items=${shown} theme="row-stripes" accessible-name="Tensors">
                <vaadin-grid-sort-column path="name" header="Name" resizable flex-grow="3"></vaadin-grid-sort-column>
                <vaadin-grid-sort-column path="type" header="Type"></vaadin-grid-sort-column>
                <vaadin-grid-sort-column path="elements" header="Shape"
                    ${columnBodyRenderer(tensor => html`${tensor.shape}`, [])}></vaadin-grid-sort-column>
                <vaadin-grid-sort-column path="bytes" header="Size"
                    ${columnBodyRenderer(tensor => html`${bytes(tensor.bytes)}`, [])}></vaadin-grid-sort-column>
            </vaadin-grid>`;
    }
}

/** A tensor as the grid sorts and shows it. */
function row(tensor) {
    return {
        name: tensor.name,
        type: tensor.type,
        shape: tensor.shape.map(number).join(' × '),
        elements: tensor.shape.reduce((product, size) => product * size, 1),
        bytes: tensor.bytes,
    };
}

function renderMemory(memory) {
    const plan = memory.plan;
    const parts = [
        ['States of sequences', memory.stateBytes, memory.plannedStateBytes,
            `planned for ${number(plan.sequences)} of ${number(plan.contextTokens)} tokens`],
        ['Snapshots', memory.snapshotBytes, plan.snapshotBytes, 'the most that they may take'],
        ['Planned of the heap', memory.plannedHeapBytes, plan.heapLimitBytes,
            `states, snapshots and ${bytes(plan.workspaceBytes)} of workspace; of what Java may use (-Xmx)`],
        ['Heap in use', memory.heapBytes, plan.heapLimitBytes, 'by the whole application, garbage included'],
        ['Panels outside the heap', plan.panelBytes, plan.memoryLimitBytes, 'of the memory that the engine may use'],
        ['Weights in mapped files', plan.weightBytes, plan.machineBytes, memory.weightsFit
            ? 'of the machine\'s memory; all can stay there beside the rest'
            : 'of the machine\'s memory; they do not fit beside the rest, so the model runs at the speed of the disk'],
    ];
    return html`
        <table>
            <thead><tr><th scope="col">Part</th><th scope="col"></th><th scope="col" class="number">Used</th>
                <th scope="col" class="number">Of</th><th scope="col"></th></tr></thead>
            <tbody>${parts.map(([name, used, most, remark]) => html`
                <tr><th scope="row">${name}</th><td>${bar(used / most)}</td><td class="number">${bytes(used)}</td>
                    <td class="number">${bytes(most)}</td><td class="quiet">${remark}</td></tr>`)}
            </tbody>
        </table>`;
}

function renderLayers(layers) {
    return html`
        <ol class="layers" aria-label="Layers">${layers.map(layer => html`
            <li class=${layer.attention} title=${describe(layer)}>
                <div class="quiet">${layer.index}</div>
                <div>${layer.attention}</div>
                <div>${layer.experts > 0 ? `${layer.usedExperts} of ${layer.experts}` : 'dense'}</div>
            </li>`)}
        </ol>
        <p class="quiet">Each layer's attention (KDA keeps a state of fixed size, MLA all tokens), and how many of its experts
            a token passes through.</p>`;
}

function describe({ index, attention, feedForward }) {
    return `Layer ${index}: ${attention}, ${feedForward}`;
}

function renderTypes(tensors) {
    const sums = new Map();
    for (const { type, bytes: size } of tensors) {
        const sum = sums.get(type) ?? { count: 0, size: 0 };
        sums.set(type, { count: sum.count + 1, size: sum.size + size });
    }
    const total = tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
    const largestFirst = [...sums].sort(([, a], [, b]) => b.size - a.size);
    return html`
        <table>
            <caption class="visually-hidden">Tensors by type</caption>
            <thead><tr><th scope="col">Type</th><th scope="col" class="number">Tensors</th>
                <th scope="col" class="number">Size</th><th scope="col" class="number">Share</th></tr></thead>
            <tbody>${largestFirst.map(([type, { count, size }]) => html`
                <tr><td>${type}</td><td class="number">${number(count)}</td><td class="number">${bytes(size)}</td>
                    <td class="number">${percent(size / total)}</td></tr>`)}
            </tbody>
        </table>`;
}

customElements.define('qwc-kimi-linear-model', QwcKimiLinearModel);
