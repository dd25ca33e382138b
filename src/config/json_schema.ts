import { toJsonSchema } from '@valibot/to-json-schema';
import { isLocalized, LOCALIZED_FIELDS } from '../spec/localized.ts';
import { fileSchema } from './schema.ts';

const LOCALIZED_PATTERN = `^(?:${LOCALIZED_FIELDS.join('|')})#`;

/** The file's form as JSON Schema for editors; rules across options and of some strings are left to `config check`. */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    ...toJsonSchema(fileSchema, {
      typeMode: 'input',
      errorMode: 'ignore',
      target: 'draft-07',
      overrideSchema: ({ valibotSchema, jsonSchema }) =>
        isLocalized(valibotSchema)
          ? { ...jsonSchema, patternProperties: { [LOCALIZED_PATTERN]: { type: 'string' } } }
          : undefined,
    }),
    title: 'Ostiary configuration',
  };
}
