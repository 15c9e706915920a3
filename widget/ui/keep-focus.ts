// Where the focus goes when what held it is taken away, a screen, a notice or a tile: to the heading of the new screen,
// else to the bar's tab stop, else to the stage.
// A focus that was elsewhere is left alone.
import { noChange } from 'lit';
import { Directive, directive } from 'lit/directive.js';
import type { ElementPart } from 'lit/directive.js';

class KeepFocus extends Directive {
  override render(): typeof noChange {
    return noChange;
  }

  /** Runs before the content of the element is rendered, so what held the focus is still there. */
  override update({ element }: ElementPart): typeof noChange {
    const held = (element.getRootNode() as Document | ShadowRoot).activeElement;
    if (held && element.contains(held)) {
      queueMicrotask(() => {
        // In this order, not that of the document.
        const goals = ['h2', '.controls [tabindex="0"]', '.stage'].map(goal =>
          element.querySelector<HTMLElement>(goal),
        );
        if (!held.isConnected) goals.find(Boolean)?.focus();
      });
    }
    return noChange;
  }
}

/** To be put on the element that holds all of it. */
export const keepFocus = directive(KeepFocus);
