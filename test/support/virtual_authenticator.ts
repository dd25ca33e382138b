/** An authenticator of Chromium's own making, through the DevTools protocol: WebAuthn §11. */
import type { CDPSession, Page } from 'playwright-core';

export interface VirtualAuthenticator {
  /** How many credentials it holds. */
  count(): Promise<number>;
  /** Whether its owner is recognized from now on. */
  setVerified(isVerified: boolean): Promise<void>;
  /** Whether somebody is there to touch it. */
  setPresent(isPresent: boolean): Promise<void>;
}

export async function addVirtualAuthenticator(page: Page): Promise<VirtualAuthenticator> {
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    async count() {
      const { credentials } = await session.send('WebAuthn.getCredentials', { authenticatorId });
      return credentials.length;
    },
    async setPresent(enabled) {
      await session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
    },
    async setVerified(isUserVerified) {
      await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    },
  };
}
