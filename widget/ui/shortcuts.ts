// The keys of the call: only while the focus is inside it, without a modifier, and never from a text field. No key
// leaves a call.
import type { LocalState } from '../call/call-state.ts';
import { askToggle, shortcuts } from './toggle.ts';
import type { Device } from './toggle.ts';

const devices = Object.keys(shortcuts) as Device[];

export function onShortcut(event: KeyboardEvent, local: LocalState, controls: ReadonlySet<string>): void {
  const { target, key } = event;
  // Chrome's autofill sends a `keydown` that is no KeyboardEvent.
  if (
    !(event instanceof KeyboardEvent) ||
    event.defaultPrevented ||
    event.repeat ||
    event.ctrlKey ||
    event.altKey ||
    event.metaKey ||
    event.shiftKey
  )
    return;
  if (!(target instanceof Element) || target.matches('input, textarea, select, [contenteditable]')) return;
  const device = devices.find(name => shortcuts[name] === key.toUpperCase() && controls.has(name));
  if (!device) return;
  event.preventDefault();
  askToggle(target, device, local[device] ?? 'off');
}
