import { type Html, html } from '../../../http/html.ts';
import type { AccountFrame } from '../../account/visit.ts';
import { type Refusal, refusalText } from '../../refusal.ts';
import { accountLayout } from '../account_layout.ts';
import { fieldRow, hiddenFields } from '../parts.ts';

/** Claims of Core §5.1 that a person sets here, as texts. */
export const PROFILE_FIELDS = [
  'name',
  'given_name',
  'middle_name',
  'family_name',
  'nickname',
  'email',
  'phone_number',
  'website',
  'picture',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
] as const;
export type ProfileField = (typeof PROFILE_FIELDS)[number];

/** Members of the claim `address`, Core §5.1.1. */
export const ADDRESS_FIELDS = [
  'street_address',
  'locality',
  'region',
  'postal_code',
  'country',
] as const;
type AddressField = (typeof ADDRESS_FIELDS)[number];

export interface ProfileProblem {
  readonly field: ProfileField;
  readonly refusal: Refusal;
}

export interface ProfileModel extends AccountFrame {
  readonly values: ReadonlyMap<string, string>;
  readonly problems: readonly ProfileProblem[];
  /** Kept where it cannot be changed from here. */
  readonly isReadOnly: boolean;
  readonly isEmailVerified: boolean;
}

/** Sends every field by its name; an empty one takes the claim away. */
export function profileView(model: ProfileModel): Html {
  const { action, hidden, problems, isReadOnly, messages } = model;
  return accountLayout({
    ...model,
    title: messages.text('sections.profile'),
    body: html`
      ${problems.length > 0 && html`
        <p class="alert" role="alert">${messages.text('account_profile.problems')}</p>
      `}
      <p class="soft">${messages.text(
        isReadOnly ? 'account_profile.read_only' : 'account_profile.note',
      )}</p>
      <form method="post" action="${action}">
        ${hiddenFields(Object.entries(hidden))}
        ${PROFILE_FIELDS.map((field) => profileField(field, model))}
        <fieldset class="group">
          <legend>${messages.text('claim.address')}</legend>
          ${ADDRESS_FIELDS.map((field) => addressField(field, model))}
        </fieldset>
        ${!isReadOnly && html`<button id="save">${messages.text('account_profile.save')}</button>`}
      </form>
    `,
  });
}

function profileField(field: ProfileField, model: ProfileModel): Html {
  const { problems, isEmailVerified, values, messages } = model;
  const problem = problems.find((each) => each.field === field);
  const standing = field === 'email' && values.get('email') !== ''
    ? messages.text(isEmailVerified ? 'account_profile.verified' : 'account_profile.unverified')
    : undefined;
  const remark = problem === undefined ? standing : refusalText(problem.refusal, messages);
  return fieldOf(model, field, messages.text(`claim.${field}`), ATTRIBUTES[field], {
    remark,
    isWrong: problem !== undefined,
  });
}

function addressField(field: AddressField, model: ProfileModel): Html {
  const words = model.messages.text(`address.${field}`);
  return fieldOf(model, field, words, ATTRIBUTES[field], { remark: undefined, isWrong: false });
}

function fieldOf(
  { values, isReadOnly }: ProfileModel,
  name: string,
  words: string,
  attributes: Html,
  { remark, isWrong }: { readonly remark: string | undefined; readonly isWrong: boolean },
): Html {
  return fieldRow({
    name,
    label: words,
    attributes: html`value="${values.get(name)}" ${attributes} ${isReadOnly && READ_ONLY}`,
    remark,
    isWrong,
  });
}

const READ_ONLY = html`readonly`;

/** WCAG 2.2 §1.3.5: what each field is for, so that browsers can fill it in. */
const ATTRIBUTES: Readonly<Record<ProfileField | AddressField, Html>> = {
  name: html`autocomplete="name" dir="auto"`,
  given_name: html`autocomplete="given-name" dir="auto"`,
  middle_name: html`autocomplete="additional-name" dir="auto"`,
  family_name: html`autocomplete="family-name" dir="auto"`,
  nickname: html`autocomplete="nickname" dir="auto"`,
  email: html`type="email" autocomplete="email"`,
  phone_number: html`type="tel" autocomplete="tel" dir="ltr"`,
  website: html`type="url" autocomplete="url" dir="ltr"`,
  picture: html`type="url" autocomplete="photo" dir="ltr"`,
  gender: html`autocomplete="sex"`,
  birthdate: html`autocomplete="bday" placeholder="1990-12-31" dir="ltr"`,
  zoneinfo: html`placeholder="Europe/Berlin" dir="ltr"`,
  locale: html`autocomplete="language" placeholder="en-GB" dir="ltr"`,
  street_address: html`autocomplete="address-line1" dir="auto"`,
  locality: html`autocomplete="address-level2" dir="auto"`,
  region: html`autocomplete="address-level1" dir="auto"`,
  postal_code: html`autocomplete="postal-code"`,
  country: html`autocomplete="country-name" dir="auto"`,
};
