using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Patron.Web.Http;

/// <summary>
/// Normalizes the character set of a body. Quotes around it are legal (RFC 9110, 8.3.1), but the framework takes them as a part of the name
/// and fails (dotnet/aspnetcore#61514). An unknown character set is 415: reading the body would fail as a server error.
/// </summary>
public static class RequestCharsets
{
    public static void UseRequestCharsets(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (!TryGetCharset(http.Request.ContentType, out var type))
        {
            return next(http);
        }

        if (FindEncoding(type.Charset.Value!) is not { } encoding)
        {
            return Problems.WriteAsync(
                http, StatusCodes.Status415UnsupportedMediaType, "charset_unknown",
                "The character set in Content-Type isn't known. Send the body as UTF-8.");
        }

        if (type.Charset.Value!.StartsWith('"'))
        {
            type.Charset = encoding.WebName;
            http.Request.ContentType = type.ToString();
        }

        return next(http);
    });

    // An unreadable header is refused by the code that needs it.
    private static bool TryGetCharset(string? header, out MediaTypeHeaderValue type)
    {
        type = null!;
        return header is not null
            && header.Contains("charset", StringComparison.OrdinalIgnoreCase)
            && MediaTypeHeaderValue.TryParse(header, out type!)
            && type.Charset.HasValue;
    }

    private static Encoding? FindEncoding(string charset)
    {
        try
        {
            return Encoding.GetEncoding(HeaderUtilities.UnescapeAsQuotedString(charset).ToString());
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException) // UTF-7 is known but disabled.
        {
            return null;
        }
    }
}
