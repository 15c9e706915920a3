// Where the focus goes when a screen takes away the one that held it: to the heading of the new one, else to the bar's
// tab stop, else to the stage.
// A focus that was elsewhere is left alone.
import { noChange } from 'lit';
import { Directive, directive, PartType } from 'lit/directive.js';
import type { ElementPart, PartInfo } from 'lit/directive.js';

class KeepFocus extends Directive {
  #screen: unknown;

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('keepFocus stands on an element');
  }

  override render(screen: unknown): typeof noChange {
    this.#screen = screen;
    return noChange;
  }

  /** Runs before the content of the element is rendered, so the old screen is still there. */
  override update({ element }: ElementPart, [screen]: [unknown]): typeof noChange {
    const held = (element.getRootNode() as Document | ShadowRoot).activeElement;
    if (this.#screen !== undefined && this.#screen !== screen && held && element.contains(held)) {
      queueMicrotask(() => {
        // In this order, not that of the document.
        const goals = ['h2', '.controls [tabindex="0"]', '.stage'].map(goal =>
          element.querySelector<HTMLElement>(goal),
        );
        if (!held.isConnected) goals.find(Boolean)?.focus();
      });
    }
    return this.render(screen);
  }
}

/** To be put on the element that holds the screens; `screen` is what names the one shown. */
export const keepFocus = directive(KeepFocus);
