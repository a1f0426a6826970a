/** How strangers become users, as PeerTube's REST API has it. */
import { ask, tell } from './http';
import type { Page } from './types';

export const REGISTRATION = { pending: 1, rejected: 2, accepted: 3 } as const;
export type RegistrationState = (typeof REGISTRATION)[keyof typeof REGISTRATION];

/** Somebody who wants an account. */
export interface Applicant {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly displayName?: string;
}

export interface Registration {
  readonly id: number;
  readonly state: { readonly id: RegistrationState };
  readonly registrationReason: string;
  readonly moderationResponse: string | null;
  readonly username: string;
  readonly email: string;
  readonly accountDisplayName: string | null;
  readonly channelHandle: string | null;
  readonly channelDisplayName: string | null;
  /** Rules of the site that their words meet. */
  readonly remarks: readonly string[];
  readonly createdAt: string;
}

/** Whether the site takes one more user. */
export async function hasRoom(): Promise<boolean> {
  const config = await ask<{ signup: { allowed: boolean } }>('/config');
  return config.signup.allowed;
}

/** Signs up, where anybody may. */
export function register(applicant: Applicant): Promise<void> {
  return tell('/users/register', { method: 'POST', json: applicant });
}

/** Asks for an account, where moderators decide. */
export function requestAccount(applicant: Applicant, registrationReason: string): Promise<void> {
  const json = { ...applicant, registrationReason };
  return tell('/users/registrations/request', { method: 'POST', json });
}

export interface RegistrationsWanted {
  readonly start: number;
  readonly count: number;
  readonly state?: RegistrationState | undefined;
  readonly search?: string | undefined;
}

/** Oldest first where they wait, else newest first. */
export function listRegistrations(wanted: RegistrationsWanted): Promise<Page<Registration>> {
  const { start, count, state, search } = wanted;
  const sort = state === REGISTRATION.pending ? 'createdAt' : '-createdAt';
  const query = { start, count, sort, stateOneOf: state, search: search === '' ? undefined : search };
  return ask('/users/registrations', { query });
}

/** Makes a user of who asked, or refuses them. */
export function answerRegistration(id: number, accept: boolean, moderationResponse: string | null): Promise<void> {
  const path = `/users/registrations/${id}/${accept ? 'accept' : 'reject'}`;
  return tell(path, { method: 'POST', json: { moderationResponse } });
}

export function deleteRegistration(id: number): Promise<void> {
  return tell(`/users/registrations/${id}`, { method: 'DELETE' });
}
