import { OBSERVED_SECONDS } from '../observations.ts';
import { days, howOften, type Patient, type Remark, shown, sightingsOf } from './finding.ts';

const TEST = 'ostiary notifier test --to ADDRESS';

/** Do messages to people, such as links for a new password, leave here? */
export function notifications(patient: Patient): readonly Remark[] {
  const { delivered_at = 0 } = patient.seen.get('') ?? {};
  const failures = sightingsOf(patient, 'notifier').filter(({ at }) => at > delivered_at);
  if (failures.length > 0) {
    return failures.map((sighting) => ({
      severity: 'error',
      about: 'notifier',
      found: `messages to people were not handed on ${howOften(sighting)}: ${
        shown(sighting.value)
      }`,
      change: `correct the option notifier, and try with ${TEST}`,
    }));
  }
  if (delivered_at > 0 || !patient.hasNotifier) return [];
  return [{
    severity: 'note',
    about: 'notifier',
    found: `no message was handed on in the last ${days(OBSERVED_SECONDS)}, as far as is known`,
    change: `see whether it works: ${TEST}`,
  }];
}
