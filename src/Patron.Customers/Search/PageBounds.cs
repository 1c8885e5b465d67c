using Patron.Shared.Results;

namespace Patron.Customers.Search;

/// <summary>Validates the skip and limit of lists.</summary>
internal static class PageBounds
{
    public const int MaxLimit = 1000;

    public static void Check(int skip, int limit, FieldErrors errors)
    {
        if (skip < 0)
        {
            errors.Add("skip", "Must be 0 or more.");
        }

        CheckLimit(limit, errors);
    }

    public static void CheckLimit(int limit, FieldErrors errors)
    {
        if (limit is < 1 or > MaxLimit)
        {
            errors.Add("limit", $"Must be a number from 1 to {MaxLimit}.");
        }
    }
}
