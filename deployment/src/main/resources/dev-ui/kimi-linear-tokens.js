import { LitElement, css, html, nothing } from 'lit';
import { number, percent } from './kimi-linear-ui.js';

const MOVES = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

const INVISIBLE = { '\n': '⏎', '\t': '⇥', ' ': '␣' };

/**
 * Tokens as they follow each other, with their boundaries. One that has a probability is the redder the less probable it
 * was, and has its alternatives in a popover: under the mouse, or with the arrow keys.
 */
class KimiLinearTokens extends LitElement {

    static properties = {
        /** `{ id, text }` and perhaps `control`, `probability`, `alternatives` of each. */
        tokens: { attribute: false },
        /** How many of them are shown: an array that grows is still the same array. */
        count: { type: Number },
        label: { type: String },
        _active: { state: true },
    };

    static styles = css`
        :host {
            display: block;
        }
        .tokens {
            overflow-wrap: anywhere;
            white-space: pre-wrap;
            line-height: 1.7;
        }
        .tokens:focus-visible {
            outline: 2px solid var(--lumo-primary-color);
            outline-offset: 2px;
        }
        .token {
            border-inline-start: 1px solid var(--lumo-contrast-20pct);
            background: color-mix(in srgb, var(--lumo-error-color) var(--surprise, 0%), transparent);
        }
        .control {
            border-radius: var(--lumo-border-radius-s);
            background: var(--lumo-primary-color-10pct, var(--lumo-contrast-10pct));
            color: var(--lumo-primary-text-color);
            font-family: ui-monospace, monospace;
            font-size: var(--lumo-font-size-s);
        }
        .active {
            outline: 2px solid var(--lumo-primary-color);
        }
        .break {
            color: var(--lumo-tertiary-text-color);
        }
        [popover] {
            position: fixed;
            inset: auto;
            max-inline-size: 24rem;
            margin: 0;
            padding: var(--lumo-space-s) var(--lumo-space-m);
            border: 1px solid var(--lumo-contrast-30pct);
            border-radius: var(--lumo-border-radius-m);
            background: var(--lumo-base-color);
            color: var(--lumo-body-text-color);
            font-size: var(--lumo-font-size-s);
            pointer-events: none;
        }
        [popover] p {
            margin: 0;
        }
        td {
            padding: 0 var(--lumo-space-s) 0 0;
            font-variant-numeric: tabular-nums;
        }
        .chosen {
            font-weight: 600;
        }`;

    constructor() {
        super();
        this.tokens = [];
        this.count = 0;
        this.label = '';
        this._active = null;
    }

    willUpdate() {
        if (this._active !== null && this._active >= this.count) {
            this._active = null;
        }
    }

    updated() {
        const details = this.renderRoot.querySelector('[popover]');
        if (this._active === null) {
            if (details.matches(':popover-open')) {
                details.hidePopover();
            }
        } else {
            if (!details.matches(':popover-open')) {
                details.showPopover();
            }
            this._place(details);
        }
    }

    render() {
        const shown = this.tokens.slice(0, this.count);
        return html`
            <div class="tokens" role="listbox" tabindex="0" aria-label=${this.label}
                aria-activedescendant=${this._active === null ? nothing : `token-${this._active}`}
                @pointerover=${this._pointed} @pointerleave=${this._leave} @keydown=${this._moved} @blur=${this._leave}
                >${shown.map((token, i) => this._renderToken(token, i))}</div>
            <div popover="manual" id="details">
                ${this._active === null ? nothing : renderDetails(shown[this._active])}
            </div>`;
    }

    _renderToken(token, i) {
        const active = i === this._active;
        const kinds = `token ${token.control ? 'control' : ''} ${active ? 'active' : ''}`;
        return html`<span role="option" id="token-${i}" data-index=${i} class=${kinds} style=${surprise(token)}
            aria-selected=${active ? 'true' : 'false'} aria-describedby=${active ? 'details' : nothing}
            >${withBreaks(token.text)}</span>`;
    }

    _pointed(event) {
        const index = event.target.closest('[data-index]')?.dataset.index;
        this._active = index === undefined ? null : Number(index);
    }

    _leave() {
        this._active = null;
    }

    _moved(event) {
        const move = MOVES[event.key];
        if (event.key === 'Escape') {
            this._active = null;
        } else if (event.key === 'Home' || event.key === 'End') {
            event.preventDefault();
            this._activate(event.key === 'Home' ? 0 : this.count - 1);
        } else if (move) {
            event.preventDefault();
            this._activate(this._active === null ? 0 : this._active + move);
        }
    }

    async _activate(index) {
        this._active = Math.min(this.count - 1, Math.max(0, index));
        await this.updateComplete;
        this.renderRoot.querySelector('.active')?.scrollIntoView({ block: 'nearest' });
    }

    /** Below its token, or above where there is no room. */
    _place(details) {
        const token = this.renderRoot.getElementById(`token-${this._active}`).getClientRects()[0];
        if (token) {
            const size = details.getBoundingClientRect();
            const above = token.bottom + size.height + 8 > window.innerHeight;
            details.style.left = `${Math.max(8, Math.min(token.left, window.innerWidth - size.width - 8))}px`;
            details.style.top = `${above ? token.top - size.height - 4 : token.bottom + 4}px`;
        }
    }
}

/** How strong the colour of a token is: half at most, because its text must stay readable. */
function surprise({ probability }) {
    return probability === undefined ? nothing : `--surprise: ${Math.round(50 * (1 - probability))}%`;
}

/** A text whose ends of lines can be seen. */
function withBreaks(text) {
    return text.includes('\n') ? text.split('\n').map((line, i) =>
        i === 0 ? line : html`<span class="break" aria-hidden="true">⏎</span>${`\n${line}`}`) : text;
}

function renderDetails(token) {
    const control = token.control ? ', control' : '';
    const probability = token.probability === undefined ? '' : `, ${percent(token.probability)} probable`;
    return html`
        <p><code>${visible(token.text)}</code>, token ${number(token.id)}${control}${probability}</p>
        ${token.alternatives?.length > 0 ? html`
            <table aria-label="The most probable tokens here">${token.alternatives.map(other => html`
                <tr class=${other.id === token.id ? 'chosen' : ''}>
                    <td>${percent(other.probability)}</td><td><code>${visible(other.text)}</code></td></tr>`)}
            </table>` : nothing}`;
}

/** A text of which every character can be seen. */
function visible(text) {
    return text === '' ? '(part of a character)' : text.replace(/[\n\t ]/g, character => INVISIBLE[character]);
}

customElements.define('kimi-linear-tokens', KimiLinearTokens);
