using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Patron.Web.Http;

/// <summary>
/// The character set that a body claims, made readable for the framework. One in quotes is legal (RFC 9110, 8.3.1), but the framework takes the
/// quotes for a part of the name and fails (dotnet/aspnetcore#61514). One that there is not is answered 415: reading it would fail as if that
/// were our fault.
/// </summary>
public static class RequestCharsets
{
    public static void UseRequestCharsets(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (!NamesCharset(http.Request.ContentType, out var type))
        {
            return next(http);
        }

        if (FindEncoding(type.Charset.Value!) is not { } encoding)
        {
            return Problems.WriteAsync(http, StatusCodes.Status415UnsupportedMediaType, "The character set of the Content-Type is not known; send the body as UTF-8.");
        }

        if (type.Charset.Value!.StartsWith('"'))
        {
            type.Charset = encoding.WebName;
            http.Request.ContentType = type.ToString();
        }

        return next(http);
    });

    // A header that cannot be read is refused by whoever needs it.
    private static bool NamesCharset(string? header, out MediaTypeHeaderValue type)
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
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException) // Not supported: UTF-7, which is known and switched off.
        {
            return null;
        }
    }
}
