import { LitElement, css, html } from 'lit';
import { number } from './kimi-linear-ui.js';

const ROW_PIXELS = 16;

const MOVES = {
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
};

/** How much each expert did: a row a layer, a column an expert, the darker the more. Read with the mouse or arrow keys. */
class KimiLinearHeatMap extends LitElement {

    static properties = {
        /** `{ layer, tokens }` of each layer; a new array whenever numbers change. */
        layers: { attribute: false },
        _cell: { state: true },
    };

    static styles = css`
        :host {
            display: block;
            position: relative;
        }
        canvas {
            display: block;
            inline-size: 100%;
            border: 1px solid var(--lumo-contrast-20pct);
            color: var(--lumo-primary-color);
            cursor: crosshair;
        }
        canvas:focus-visible {
            outline: 2px solid var(--lumo-primary-color);
        }
        .tooltip {
            position: absolute;
            z-index: 1;
            padding: var(--lumo-space-xs) var(--lumo-space-s);
            border: 1px solid var(--lumo-contrast-30pct);
            border-radius: var(--lumo-border-radius-s);
            background: var(--lumo-base-color);
            font-size: var(--lumo-font-size-s);
            pointer-events: none;
            white-space: nowrap;
        }
        .legend {
            display: flex;
            align-items: center;
            gap: var(--lumo-space-s);
            margin-block-start: var(--lumo-space-s);
            color: var(--lumo-secondary-text-color);
            font-size: var(--lumo-font-size-s);
        }
        .scale {
            inline-size: 10rem;
            block-size: 0.75rem;
            border: 1px solid var(--lumo-contrast-20pct);
            background: linear-gradient(to right, transparent, var(--lumo-primary-color));
        }`;

    constructor() {
        super();
        this.layers = [];
        this._cell = null;
        this._resized = new ResizeObserver(() => this._draw());
        // The colours of the theme are attributes of the document.
        this._themed = new MutationObserver(() => this._draw());
    }

    connectedCallback() {
        super.connectedCallback();
        this._resized.observe(this);
        for (const element of [document.documentElement, document.body]) {
            this._themed.observe(element, { attributeFilter: ['theme', 'style', 'class'] });
        }
    }

    disconnectedCallback() {
        this._resized.disconnect();
        this._themed.disconnect();
        super.disconnectedCallback();
    }

    willUpdate() {
        this._columns = Math.max(0, ...this.layers.map(layer => layer.tokens.length));
        this._most = Math.max(0, ...this.layers.map(layer => Math.max(...layer.tokens)));
        if (this._cell !== null && this._cell.row >= this.layers.length) {
            this._cell = null;
        }
    }

    updated() {
        this._draw();
    }

    render() {
        return html`
            <canvas tabindex="0" role="img" aria-label=${this._summary()} aria-describedby="keys"
                @pointermove=${this._pointed} @pointerleave=${() => { this._cell = null; }}
                @keydown=${this._moved} @blur=${() => { this._cell = null; }}></canvas>
            ${this._cell === null ? '' : this._renderTooltip()}
            <div class="legend">
                <span>0</span><span class="scale" aria-hidden="true"></span><span>${number(this._most)} tokens</span>
                <span id="keys">Rows: layers ${this.layers.at(0).layer} to ${this.layers.at(-1).layer}; columns: experts 0 to
                    ${this._columns - 1}. Arrow keys read single values.</span>
            </div>`;
    }

    _renderTooltip() {
        const { row, column } = this._cell;
        const left = 100 * (column + 0.5) / this._columns;
        const shift = left > 50 ? -100 : 0;
        const place = `left: ${left}%; top: ${(row + 1) * ROW_PIXELS + 4}px; transform: translateX(${shift}%)`;
        return html`<div class="tooltip" role="status" style=${place}>${this._describe()}</div>`;
    }

    _describe() {
        const { layer, tokens } = this.layers[this._cell.row];
        const value = tokens[this._cell.column] ?? 0;
        return `Layer ${layer}, expert ${this._cell.column}: ${number(value)} tokens`;
    }

    _summary() {
        let busiest = null;
        for (const { layer, tokens } of this.layers) {
            const expert = tokens.indexOf(this._most);
            if (busiest === null && expert >= 0) {
                busiest = `expert ${expert} of layer ${layer} with ${number(this._most)} tokens`;
            }
        }
        return `Load of ${this._columns} experts in ${this.layers.length} layers; busiest: ${busiest}`;
    }

    _pointed(event) {
        const box = event.currentTarget.getBoundingClientRect();
        this._select(Math.floor((event.clientY - box.top) / ROW_PIXELS),
            Math.floor((event.clientX - box.left) / box.width * this._columns));
    }

    _moved(event) {
        const move = MOVES[event.key];
        if (move) {
            event.preventDefault();
            const { row, column } = this._cell ?? { row: 0, column: -1 };
            this._select(row + move[0], column + move[1]);
        } else if (event.key === 'Escape') {
            this._cell = null;
        }
    }

    _select(row, column) {
        this._cell = {
            row: Math.min(this.layers.length - 1, Math.max(0, row)),
            column: Math.min(this._columns - 1, Math.max(0, column)),
        };
    }

    _draw() {
        const canvas = this.renderRoot.querySelector('canvas');
        if (canvas === null || this._columns === 0) {
            return;
        }
        const scale = window.devicePixelRatio;
        const width = canvas.clientWidth;
        const height = this.layers.length * ROW_PIXELS;
        canvas.style.blockSize = `${height}px`;
        canvas.width = width * scale;
        canvas.height = height * scale;
        const pen = canvas.getContext('2d');
        pen.scale(scale, scale);
        pen.fillStyle = getComputedStyle(canvas).color;
        const cellWidth = width / this._columns;
        this.layers.forEach(({ tokens }, row) => tokens.forEach((value, column) => {
            pen.globalAlpha = this._most === 0 ? 0 : value / this._most;
            pen.fillRect(column * cellWidth, row * ROW_PIXELS, cellWidth, ROW_PIXELS - 1);
        }));
        if (this._cell !== null) {
            pen.globalAlpha = 1;
            pen.strokeStyle = pen.fillStyle;
            pen.strokeRect(this._cell.column * cellWidth, this._cell.row * ROW_PIXELS, cellWidth, ROW_PIXELS - 1);
        }
    }
}

customElements.define('kimi-linear-heat-map', KimiLinearHeatMap);
