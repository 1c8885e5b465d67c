using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Patron.Shared.Text;

namespace Patron.Web.Http;

/// <summary>The language of a request: the one chosen on a page (a cookie), else the one that the browser prefers.</summary>
public static class RequestLanguage
{
    public const string CookieName = "language";

    /// <summary>The chosen or preferred language. Null if the request names none that there are texts in.</summary>
    public static CultureInfo? Find(HttpRequest request) =>
        Languages.Find(request.Cookies[CookieName]) ?? Preferred(request);

    /// <summary>The first supported language of <c>Accept-Language</c>, else English.</summary>
    public static CultureInfo Negotiate(HttpRequest request) => Preferred(request) ?? Languages.All[Languages.English];

    /// <summary>Says which language the response is in, and that it depends on the request's <c>Accept-Language</c>.</summary>
    public static void SetLanguage(this HttpResponse response, CultureInfo language)
    {
        response.Headers.ContentLanguage = language.TwoLetterISOLanguageName;
        response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptLanguage);
    }

    // A quality of 0 excludes a language (RFC 9110, 12.4.2).
    private static CultureInfo? Preferred(HttpRequest request) =>
        request.GetTypedHeaders().AcceptLanguage
            .Where(language => language.Quality is not 0)
            .OrderByDescending(language => language.Quality ?? 1)
            .Select(language => Languages.Find(language.Value.Value))
            .FirstOrDefault(found => found is not null);
}
