using Patron.Customers.Customers;
using Patron.Shared.Results;

namespace Patron.Dialects.Customers;

/// <summary>The same change of many customers, as source 5 writes it.</summary>
public sealed record BulkUpdateRequest(IReadOnlyList<string>? CustomerIds, CustomerRequest? Updates)
{
    /// <summary>The errors of the request, or null.</summary>
    internal Error? Refusal
    {
        get
        {
            var errors = new FieldErrors();
            if (CustomerIds?.Contains(null!) != false)
            {
                errors.Add("customer_ids", "Must be a list of customer_ids.");
            }

            if (Updates is null)
            {
                errors.Add("updates", "Must be an object with the fields to change.");
            }

            if (errors.Any)
            {
                return errors.ToError();
            }

            return Updates!.Changes.Errors?.ToError() is { Fields: { } fields } error
                ? error.WithFieldNames(fields.Keys.ToDictionary(name => name, name => $"updates.{name}", StringComparer.Ordinal))
                : null;
        }
    }
}

/// <summary>The number of changed customers and the names that were not found.</summary>
public sealed record BulkUpdateAnswer(int Updated, IReadOnlyList<string> NotFound)
{
    public static BulkUpdateAnswer From(BulkUpdateResult result) => new(result.Updated, result.NotFound);
}
