using Microsoft.AspNetCore.Http;
using Patron.Shared.Callers;
using Patron.Shared.Text;

namespace Patron.Web.Http;

/// <summary>The caller of the current request: the authenticated one, or the anonymous caller.</summary>
public static class RequestCaller
{
    private const int MaxUserAgentLength = 256;
    private const int MaxAddressLength = 64;

    public static Caller Caller(this HttpContext http) => http.Features.Get<Caller>() ?? Shared.Callers.Caller.Anonymous(Origin(http));

    /// <summary>The address, user agent and language of the request. The address of a proxy header counts only if the proxy is trusted.</summary>
    public static RequestOrigin Origin(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress;
        var text = (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "unknown";
        var agent = http.Request.Headers.UserAgent.ToString();
        // Mails and pages show it in a line of its own.
        return new RequestOrigin(Cut(text, MaxAddressLength), InputText.Repair(Cut(agent, MaxUserAgentLength)))
        {
            Language = RequestLanguage.Find(http.Request)?.TwoLetterISOLanguageName,
        };
    }

    // Does not split a surrogate pair: half of one cannot be stored.
    private static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        return text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }
}
