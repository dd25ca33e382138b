import type { Html } from '../../http/html.ts';
import { factorLayout, type FactorPage } from './factor_layout.ts';
import { nameField } from './factor_name.ts';
import { passkeyForm, type PasskeyRequest } from './passkey_form.ts';

export type PasskeyProblem = 'refused' | 'known' | 'full';

export interface PasskeyModel extends FactorPage {
  readonly passkey: PasskeyRequest;
  readonly name?: string;
  readonly problem?: PasskeyProblem;
}

/** Sends `passkey_response`, and `name`, which may be empty. */
export function passkeyView(model: PasskeyModel): Html {
  const { passkey, name, problem, messages } = model;
  return factorLayout(model, {
    title: messages.text('passkey.title'),
    section: 'passkey',
    about: messages.text('passkey.about'),
    problem: problem && messages.text(problem === 'full' ? 'factors.full' : `passkey.${problem}`),
    body: passkeyForm({
      ...passkey,
      ceremony: 'create',
      label: messages.text('passkey.submit'),
      fields: nameField(name, messages),
    }, model),
  });
}
