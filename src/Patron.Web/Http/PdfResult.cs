using Microsoft.AspNetCore.Http;

namespace Patron.Web.Http;

/// <summary>A PDF about a person, to be saved: no cache keeps it, and no browser takes it for something else.</summary>
public sealed class PdfResult(Stream content, string fileName) : IResult
{
    public const string ContentType = "application/pdf";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var headers = httpContext.Response.Headers;
        headers.CacheControl = "private, no-store";
        headers.XContentTypeOptions = "nosniff";
        return TypedResults.Stream(content, ContentType, fileName).ExecuteAsync(httpContext); // An attachment, because it has a name.
    }
}
