/** What signs in with a personal access token: HTTP Basic with the account's id (livechat-api §3.2). */
export interface PersonalToken {
  readonly accountId: string;
  readonly token: string;
  /** True when the given token was the whole text that the Developer Console shows for headers, packed already. */
  readonly wasEncoded: boolean;
}

/**
 * Reads a personal access token as people paste it: bare, or as the console's ready-made text, which is base64 of
 * `account id:token`. Sent as it is, that one would be packed twice.
 */
export function readPersonalToken(accountId: string, given: string): PersonalToken {
  const text = given.trim().replace(/^Basic\s+/i, '');
  const unpacked = /^[A-Za-z0-9+/_-]{16,}={0,2}$/.test(text) ? Buffer.from(text, 'base64').toString('utf8') : '';
  const [, account, token] = /^([^\s:]+):([\x21-\x7e]+)$/.exec(unpacked) ?? [];
  if (account === undefined || token === undefined || !isAccountId(account, accountId)) {
    return { accountId, token: text, wasEncoded: false };
  }
  return { accountId: account, token, wasEncoded: true };
}

/** Bytes that happen to look like a pair of texts are no account: it is the one that was given, or has the form of one. */
function isAccountId(found: string, given: string): boolean {
  return (
    found.toLowerCase() === given.trim().toLowerCase() || /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(found)
  );
}
