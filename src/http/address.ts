/** True for the names and addresses of this machine (RFC 6761, RFC 5735, RFC 4291). */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|(?:.+\.)?localhost\.?|127(?:\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}

/** True for addresses of private networks and of this link (RFC 1918, RFC 3927, RFC 4193), written as numbers. */
function isPrivate(hostname: string): boolean {
  return /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|0\.|\[f[cde])/i.test(hostname);
}

/**
 * Says what is wrong with an API address, as the end of a sentence that begins with its name; undefined when it can be
 * used. Credentials travel in every call: only https, or this machine.
 * `allowPrivate` is false where the connector runs in somebody else's cloud, whose own network is none of the user's.
 */
export function addressProblem(address: string, allowPrivate = true): string | undefined {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return 'is not an address: write it as https://host';
  }
  if (!allowPrivate && (isLoopback(url.hostname) || isPrivate(url.hostname))) {
    return 'must not point to this machine or its network when running in a cloud';
  }
  if (url.username !== '' || url.password !== '') return 'must not contain a login or a password';
  if (url.search !== '' || url.hash !== '') return 'must end after the path, without ? or #';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol === 'http:' && isLoopback(url.hostname)) return undefined;
  return 'must begin with https:// so that credentials are not sent in the open';
}
