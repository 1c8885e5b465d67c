using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Patron.Dialects.Http;

/// <summary>Answers 415 where a body claims a character set that there is not: reading it would fail as if that were our fault.</summary>
public static class UnknownCharsets
{
    public static void UseUnknownCharsetRefusal(this IApplicationBuilder app) => app.Use((http, next) =>
        http.Request.ContentType is { } type && type.Contains("charset", StringComparison.OrdinalIgnoreCase) && !IsKnown(type)
            ? Problems.WriteAsync(http, StatusCodes.Status415UnsupportedMediaType, "The character set of the Content-Type is not known; send the body as UTF-8.")
            : next(http));

    private static bool IsKnown(string type)
    {
        if (!MediaTypeHeaderValue.TryParse(type, out var parsed) || !parsed.Charset.HasValue)
        {
            return true;
        }

        try
        {
            return Encoding.GetEncoding(HeaderUtilities.RemoveQuotes(parsed.Charset).ToString()) is not null;
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException) // Not supported: UTF-7, which is known and switched off.
        {
            return false;
        }
    }
}
