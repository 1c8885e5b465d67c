using Microsoft.AspNetCore.Http;
using Patron.Shared.Callers;

namespace Patron.Web.Http;

/// <summary>The caller of the present request: whom the authentication handler found, else a stranger.</summary>
public static class RequestCaller
{
    private const int LongestUserAgent = 256;
    private const int LongestAddress = 64;

    public static Caller Caller(this HttpContext http) => http.Features.Get<Caller>() ?? Shared.Callers.Caller.Anonymous(Origin(http));

    /// <summary>Where the request came from; behind a proxy only where the proxy is a trusted one.</summary>
    public static RequestOrigin Origin(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress;
        var text = (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "unknown";
        var agent = http.Request.Headers.UserAgent.ToString();
        return new RequestOrigin(Cut(text, LongestAddress), agent.Length == 0 ? null : Cut(agent.Replace("\0", "", StringComparison.Ordinal), LongestUserAgent));
    }

    // Never through the middle of a symbol: half of one cannot be stored.
    private static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
