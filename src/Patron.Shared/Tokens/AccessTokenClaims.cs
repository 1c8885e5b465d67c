using Patron.Shared.Callers;

namespace Patron.Shared.Tokens;

/// <summary>placeholder until tokens branch merges</summary>
public sealed record AccessTokenClaims;
