/** Numbers of spl-token's `TokenError` that this program reports; the last one is Token-2022's. */
export const TokenError = {
  NotRentExempt: 0,
  InsufficientFunds: 1,
  InvalidMint: 2,
  MintMismatch: 3,
  OwnerMismatch: 4,
  AlreadyInUse: 6,
  UninitializedState: 9,
  NonNativeHasBalance: 11,
  InvalidInstruction: 12,
  InvalidState: 13,
  Overflow: 14,
  AccountFrozen: 17,
  MintDecimalsMismatch: 18,
  NonNativeNotSupported: 19,
  MintRequiredForTransfer: 31,
} as const;
