using Microsoft.AspNetCore.Http;
using Patron.Shared.Text;

namespace Patron.Web.Http;

/// <summary>Reads posted forms. An unreadable form is a 400, and text that cannot be stored is a 422 by field.</summary>
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
            // No boundary, an early end, a name that is too long: the reader has no exception of its own for invalid input.
            throw new BadHttpRequestException("The form could not be read.", wrong);
        }
    }

    private static void Check(IFormCollection form)
    {
        foreach (var (name, values) in form)
        {
            foreach (var value in values)
            {
                if (InputText.Problem(value ?? "") is { } problem)
                {
                    throw new BadHttpRequestException("The form could not be read.", new InvalidValueException(problem, name));
                }
            }
        }
    }
}
