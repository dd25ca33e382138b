import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Asset, Branding, BrandingFile } from '../spec/branding.ts';
import type { Mistake } from '../spec/mistake.ts';

const MAX_KIBIBYTES = 256;

/** Branding with what is in its files; relative names start at `base`. */
export async function readBranding(
  branding: Branding,
  base: string,
): Promise<{ readonly branding: Branding; readonly mistakes: readonly Mistake[] }> {
  const { logo, style_sheet, ...rest } = branding;
  const read = async (part: 'logo' | 'style_sheet', file: BrandingFile | undefined) =>
    file === undefined ? undefined : await readPart(part, resolve(base, file.file));
  const [image, sheet] = [await read('logo', logo), await read('style_sheet', style_sheet)];
  return {
    branding: {
      ...rest,
      ...image?.ok === true && { logo: image.file },
      ...sheet?.ok === true && { style_sheet: sheet.file },
    },
    mistakes: [image, sheet].flatMap((each) => each?.ok === false ? [each.mistake] : []),
  };
}

type ReadPart =
  | { readonly ok: true; readonly file: BrandingFile }
  | { readonly ok: false; readonly mistake: Mistake };

async function readPart(part: 'logo' | 'style_sheet', file: string): Promise<ReadPart> {
  const refuse = (problem: string): ReadPart => ({
    ok: false,
    mistake: { path: ['branding', part], problem, value: file },
  });
  const bytes = await readFile(file).catch(() => undefined);
  if (bytes === undefined) return refuse('must be a file that can be read');
  if (bytes.length > MAX_KIBIBYTES * 1024) return refuse(`must be at most ${MAX_KIBIBYTES} KiB`);
  const content_type = part === 'logo' ? imageType(bytes) : sheetType(bytes);
  if (content_type === undefined) {
    return refuse(part === 'logo' ? 'must be an SVG, PNG or WebP image' : 'must be UTF-8 text');
  }
  const version = createHash('sha256').update(bytes).digest('base64url').slice(0, 16);
  return {
    ok: true,
    file: { file, asset: { bytes: new Uint8Array(bytes), content_type, version } },
  };
}

/** By what is in it, not by its name: browsers are told not to guess. */
function imageType(bytes: Buffer): Asset['content_type'] | undefined {
  if (bytes.subarray(0, 8).equals(PNG)) return 'image/png';
  const form = bytes.toString('latin1', 0, 12);
  if (form.startsWith('RIFF') && form.endsWith('WEBP')) return 'image/webp';
  const text = utf8(bytes);
  return text !== undefined && SVG.test(text) ? 'image/svg+xml' : undefined;
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The root element, after what may stand before it. */
const SVG =
  /^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--(?:(?!-->)[\s\S])*-->\s*)*(?:<!DOCTYPE svg[^>[]*>\s*)?<svg[\s>]/;

function sheetType(bytes: Buffer): Asset['content_type'] | undefined {
  return utf8(bytes) === undefined ? undefined : 'text/css; charset=utf-8';
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
