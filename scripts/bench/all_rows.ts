import { MACHINE_ROWS } from './machine_rows.ts';
import { PROXIED_ROWS } from './proxied_rows.ts';
import { type Row, ROWS } from './rows.ts';

export const ALL_ROWS: readonly Row[] = [...ROWS, ...MACHINE_ROWS, ...PROXIED_ROWS];
