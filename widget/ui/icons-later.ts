// The icons of the parts that are loaded later, in the box of icons.ts.
import { svg } from 'lit';

export const copyLink = svg`<path d="M10 13.75a4 4 0 0 0 5.85.3l3-3a4 4 0 0 0-5.65-5.65L11.9 6.7M14 10.25a4 4 0 0 0-5.85-.3l-3 3a4 4 0 0 0 5.65 5.65l1.3-1.3"/>`;
export const volumeOff = svg`<path d="M4 9.25h2.75l4.1-3.7a.7.7 0 0 1 1.15.5v11.9a.7.7 0 0 1-1.15.5l-4.1-3.7H4a1 1 0 0 1-1-1v-3.5a1 1 0 0 1 1-1zM16 9.75l4.5 4.5M20.5 9.75L16 14.25"/>`;
export const check = svg`<path d="M5 12.75l4.5 4.5L19 7.25"/>`;
export const info = svg`<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.6v.1"/>`;
export const lock = svg`<rect x="4.75" y="10.5" width="14.5" height="10" rx="2.75"/><path d="M8 10.5V7.5a4 4 0 0 1 8 0v3M12 14.5v2"/>`;
export const cross = svg`<path d="M6 6l12 12M18 6L6 18"/>`;
