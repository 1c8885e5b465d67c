namespace Patron.Shared.Callers;

/// <summary>
/// The caller's own access token, for the one service it may be shown to: the accounts service that issued it. It never stands in a log
/// or a message: as text it says nothing.
/// </summary>
public sealed class ForwardedToken(string text)
{
    /// <summary>The token itself, for the Authorization header of a call in the caller's name.</summary>
    public string Reveal() => text;

    public override string ToString() => "an access token";
}
