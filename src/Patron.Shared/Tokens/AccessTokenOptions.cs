namespace Patron.Shared.Tokens;

/// <summary>Who issues access tokens, for whom, and how long they are good.</summary>
public sealed class AccessTokenOptions
{
    /// <summary>The claim <c>iss</c>: written by the signer, demanded by the verifier.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>The claim <c>aud</c>: written by the signer, demanded by the verifier.</summary>
    public string Audience { get; set; } = "";

    /// <summary>From issue to expiry. Short, because a signed token cannot be taken back.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How far the clocks of issuer and verifier may differ.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The first reason why these settings cannot be used, as a sentence; null when there is none.</summary>
    public string? Problem() => this switch
    {
        { Issuer.Length: 0 } => "Access tokens need an issuer: without one, everybody's tokens would be accepted.",
        { Audience.Length: 0 } => "Access tokens need an audience: without one, tokens for others would be accepted.",
        _ when Lifetime < TimeSpan.FromSeconds(1) => "Access tokens need a lifetime of at least one second.",
        _ when ClockSkew < TimeSpan.Zero || ClockSkew > TimeSpan.FromMinutes(5)
            => "The clock skew of access tokens is between 0 and 5 minutes.",
        _ => null,
    };

    // Signer and verifier ask again, so that no other way of making options fails open.
    internal void ThrowIfUnusable()
    {
        if (Problem() is { } problem)
        {
            throw new InvalidOperationException(problem);
        }
    }
}
