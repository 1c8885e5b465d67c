using Microsoft.AspNetCore.Http;
using Patron.Shared.Text;

namespace Patron.Web.Http;

/// <summary>Reads posted forms; what cannot be read as one is the sender's fault (400), and so is what no text may be (422 by field).</summary>
public static class Forms
{
    public static async Task<IFormCollection> ReadAsync(HttpContext http)
    {
        try
        {
            var form = await http.Request.ReadFormAsync(http.RequestAborted);
            Check(form);
            return form;
        }
        catch (Exception wrong) when (wrong is InvalidDataException || (wrong is IOException and not BadHttpRequestException))
        {
            // No boundary, an end too early, a name too long: the reader has no exception of its own for what a client does wrong.
            throw new BadHttpRequestException("The form could not be read.", wrong);
        }
    }

    private static void Check(IFormCollection form)
    {
        foreach (var (name, values) in form)
        {
            foreach (var value in values)
            {
                if (GivenText.Problem(value ?? "") is { } problem)
                {
                    throw new BadHttpRequestException("The form could not be read.", new RefusedValueException(problem, name));
                }
            }
        }
    }
}
