using Microsoft.AspNetCore.Http;

namespace Patron.Dialects.Http;

/// <summary>Reads posted forms; what cannot be read as one is the sender's fault (400).</summary>
public static class Forms
{
    public static async Task<IFormCollection> ReadAsync(HttpContext http)
    {
        try
        {
            return await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (Exception wrong) when (wrong is InvalidDataException || (wrong is IOException and not BadHttpRequestException))
        {
            // No boundary, an end too early, a name too long: the reader has no exception of its own for what a client does wrong.
            throw new BadHttpRequestException("The form could not be read.", wrong);
        }
    }
}
