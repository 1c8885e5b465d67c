using Microsoft.AspNetCore.Http;

namespace Patron.Web.Http;

/// <summary>A PDF with personal data as an attachment.</summary>
public sealed class PdfResult(Stream content, string fileName) : IResult
{
    public const string ContentType = "application/pdf";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        return TypedResults.Stream(content, ContentType, fileName).ExecuteAsync(httpContext); // The file name makes it an attachment.
    }
}
