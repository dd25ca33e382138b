import type { ClientProblem, JudgedClient } from './client_problems.ts';
import { authMethodsOf, encryptionAlgsOf, needsRawSecret, SECRET_METHODS } from './client_proof.ts';
import { isHmac, isSymmetricEncryption, PROTECTED_KINDS } from './identifiers.ts';
import type { Profile } from './profiles.ts';

/** What contradicts itself in how a client proves who it is, signs and encrypts. */
export function proofProblems(client: JudgedClient, profile: Profile): readonly ClientProblem[] {
  return [
    ...secretProblems(client),
    ...keyProblems(client, profile),
    ...certificateProblems(client),
    ...encryptionProblems(client),
  ];
}

function secretProblems(client: JudgedClient): ClientProblem[] {
  const methods = authMethodsOf(client);
  const method = methods.find((each) => SECRET_METHODS.includes(each));
  const isPublic = methods.every((each) => each === 'none');
  const needsRaw = needsRawSecret(client);
  if (client.client_secret === undefined) {
    if (method !== undefined) {
      return [{ field: 'client_secret', problem: `is required with ${method}` }];
    }
    return needsRaw
      ? [{ field: 'client_secret', problem: 'is required by algorithms that use it as a key' }]
      : [];
  }
  if (isPublic && !needsRaw) {
    return [{
      field: 'client_secret',
      problem: 'must be absent with token_endpoint_auth_method none',
    }];
  }
  // An empty one stands for a secret that is yet to be made.
  if (
    needsRaw && client.client_secret !== '' && !/^\$(plaintext|sealed)\$/.test(client.client_secret)
  ) {
    return [{
      field: 'client_secret',
      problem:
        'must start with $plaintext$, as the client uses algorithms that need the secret itself',
    }];
  }
  return [];
}

function keyProblems(client: JudgedClient, { name, auth_methods }: Profile): ClientProblem[] {
  const problems: ClientProblem[] = [];
  const { jwks, jwks_uri, token_endpoint_auth_signing_alg: alg } = client;
  if (jwks !== undefined && jwks_uri !== undefined) {
    problems.push({ field: 'jwks', problem: 'must be absent beside jwks_uri' });
  }
  const methods = authMethodsOf(client);
  const needs = [
    ...client.backchannel_authentication_request_signing_alg === undefined
      ? []
      : ['backchannel_authentication_request_signing_alg'],
    ...methods.filter((method) =>
      method === 'private_key_jwt' || method === 'self_signed_tls_client_auth'
    ),
    ...encryptionAlgsOf(client).filter((each) => !isSymmetricEncryption(each)),
  ][0];
  if (needs !== undefined && jwks === undefined && jwks_uri === undefined) {
    const isFixed = auth_methods?.value.some((method) => method === needs) === true;
    const why = isFixed ? `, as under profile ${name} (${auth_methods.clause})` : '';
    problems.push({ field: 'jwks', problem: `or jwks_uri is required with ${needs}${why}` });
  }
  const misfit = alg === undefined
    ? undefined
    : methods.find((method) =>
      method === 'private_key_jwt' && isHmac(alg) || method === 'client_secret_jwt' && !isHmac(alg)
    );
  if (misfit !== undefined) {
    problems.push({
      field: 'token_endpoint_auth_signing_alg',
      problem: `does not fit ${misfit}`,
    });
  }
  return problems;
}

function certificateProblems(client: JudgedClient): ClientProblem[] {
  const named = [
    client.tls_client_auth_subject_dn,
    client.tls_client_auth_san_dns,
    client.tls_client_auth_san_uri,
    client.tls_client_auth_san_ip,
    client.tls_client_auth_san_email,
  ].filter((value) => value !== undefined).length;
  const isUsed = authMethodsOf(client).includes('tls_client_auth');
  return isUsed && named !== 1
    ? [{
      field: 'tls_client_auth_subject_dn',
      problem: 'or exactly one of tls_client_auth_san_dns, _uri, _ip, _email is required',
    }]
    : [];
}

function encryptionProblems(client: JudgedClient): ClientProblem[] {
  const problems: ClientProblem[] = [];
  for (const kind of PROTECTED_KINDS) {
    const isLone = client[`${kind}_encrypted_response_enc`] !== undefined &&
      client[`${kind}_encrypted_response_alg`] === undefined;
    if (!isLone) continue;
    problems.push({
      field: `${kind}_encrypted_response_enc`,
      problem: `needs ${kind}_encrypted_response_alg`,
    });
  }
  if (
    client.request_object_encryption_enc !== undefined &&
    client.request_object_encryption_alg === undefined
  ) {
    problems.push({
      field: 'request_object_encryption_enc',
      problem: 'needs request_object_encryption_alg',
    });
  }
  if (client.require_signed_request_object && client.request_object_signing_alg === 'none') {
    problems.push({
      field: 'request_object_signing_alg',
      problem: 'must not be none with require_signed_request_object',
    });
  }
  return problems;
}
