using Patron.Shared.Results;

namespace Patron.Web.Http;

/// <summary>Validates page parameters; pages count from 1.</summary>
public static class Page
{
    public static Error? Refusal(int page, int pageSize, int maxPageSize)
    {
        var errors = new FieldErrors();
        if (page < 1 || (long)page * pageSize > int.MaxValue)
        {
            errors.Add("page", "Must be 1 or more.");
        }

        if (pageSize < 1 || pageSize > maxPageSize)
        {
            errors.Add("page_size", $"Must be a number from 1 to {maxPageSize}.");
        }

        return errors.Any ? errors.ToError() : null;
    }
}
