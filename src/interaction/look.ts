import { type Html, html, trustedHtml } from '../http/html.ts';
import type { Branding } from '../spec/branding.ts';
import { accentStyles } from './accent.ts';

/** What the frame of every page takes from the operator's branding. */
export interface Look {
  readonly logoUrl?: string;
  readonly styleSheetUrl?: string;
  /** Tokens that follow from the accent colour. */
  readonly styles?: Html;
  readonly links: Branding['footer_links'];
}

export function lookOf(branding: Branding, issuer: string): Look {
  const { logo, style_sheet, accent_color, footer_links } = branding;
  const address = (name: string, version: string): string =>
    `${issuer}/branding/${name}?v=${version}`;
  return {
    ...logo?.asset !== undefined && { logoUrl: address('logo', logo.asset.version) },
    ...style_sheet?.asset !== undefined && {
      styleSheetUrl: address('style.css', style_sheet.asset.version),
    },
    // Made of hexadecimal digits and our own names alone.
    ...accent_color !== undefined && { styles: trustedHtml(accentStyles(accent_color)) },
    links: footer_links,
  };
}

/** The operator's own style sheet comes last, so that it has the last word. */
export function styleSheetLink({ styleSheetUrl }: Look, nonce: string): Html {
  if (styleSheetUrl === undefined) return html``;
  return html`<link rel="stylesheet" href="${styleSheetUrl}" nonce="${nonce}">`;
}
