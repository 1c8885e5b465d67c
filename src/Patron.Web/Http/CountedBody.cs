using Microsoft.AspNetCore.Http;
using Patron.Shared;

namespace Patron.Web.Http;

/// <summary>A request's body of unknown length. Reading more than <paramref name="limit"/> bytes fails as in the server: with status 413.</summary>
internal sealed class CountedBody(Stream body, long limit) : InspectedStream(body)
{
    private long read;

    protected override void Inspect(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        read += bytes.Length;
        if (read > limit)
        {
            throw new BadHttpRequestException("Request body too large.", StatusCodes.Status413PayloadTooLarge);
        }
    }
}
