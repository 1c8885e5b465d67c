namespace Patron.Shared.Tokens;

/// <summary>Issuer, audience and lifetime of access tokens.</summary>
public sealed class AccessTokenOptions
{
    /// <summary>The claim <c>iss</c>: written by the signer, required by the verifier.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>The claim <c>aud</c>: written by the signer, required by the verifier.</summary>
    public string Audience { get; set; } = "";

    /// <summary>The time from issue to expiry. It is short because a signed token cannot be revoked.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The permitted difference between the clocks of issuer and verifier.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The first error in these settings, as a sentence; null if there is none.</summary>
    public string? Problem() => this switch
    {
        { Issuer.Length: 0 } => "Access tokens need an issuer: without one, everybody's tokens would be accepted.",
        { Audience.Length: 0 } => "Access tokens need an audience: without one, tokens for others would be accepted.",
        _ when Lifetime < TimeSpan.FromSeconds(1) => "Access tokens need a lifetime of at least one second.",
        _ when ClockSkew < TimeSpan.Zero || ClockSkew > TimeSpan.FromMinutes(5)
            => "The clock skew of access tokens is between 0 and 5 minutes.",
        _ => null,
    };

    // Signer and verifier check the options again, so that options created in any other way cannot fail open.
    internal void ThrowIfUnusable()
    {
        if (Problem() is { } problem)
        {
            throw new InvalidOperationException(problem);
        }
    }
}
