/** What a set of invented things comes from: tickets, chats or leads. */
export interface Facts {
  readonly seed: number;
  readonly count: number;
  /** How many agents or operators there are. */
  readonly agents: number;
  /** Between these instants (epoch ms) the things lie. */
  readonly from: number;
  readonly to: number;
  /** So many things share each instant. */
  readonly equalTimestamps: number;
}
