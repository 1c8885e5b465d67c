using System.Globalization;
using Microsoft.AspNetCore.Http;
using Patron.Accounts.Passwords;
using static Patron.Portal.Texts.PortalTexts;

namespace Patron.Portal.Http;

/// <summary>How strong a password is, in figures and words: <c>{"score": 0..4, "words": "..."}</c>.</summary>
internal sealed class StrengthAnswer(PasswordStrength strength) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        CultureInfo.CurrentUICulture = Language.Of(httpContext.Request);
        httpContext.Response.Headers.CacheControl = "no-store";
        var words = strength.Refusal is { } refusal ? Sentence(refusal) : T($"strength_{strength.Score}");
        return httpContext.Response.WriteAsJsonAsync(new Answer(strength.Score, words), httpContext.RequestAborted);
    }

    private sealed record Answer(int Score, string Words);
}
