using Patron.Customers.Customers;
using Patron.Shared.Results;

namespace Patron.Dialects.Customers;

/// <summary>The same change on many customers, as source 5 writes it.</summary>
public sealed record BulkUpdateRequest(IReadOnlyList<string>? CustomerIds, CustomerRequest? Updates)
{
    /// <summary>What is missing, or null.</summary>
    internal Error? Refusal
    {
        get
        {
            var errors = new FieldErrors();
            if (CustomerIds?.Contains(null!) != false)
            {
                errors.Add("customer_ids", "This is a list of customer_ids.");
            }

            if (Updates is null)
            {
                errors.Add("updates", "This is an object of the fields to change.");
            }

            return errors.Any ? errors.ToError()
                : Updates!.Changes.Mistakes?.ToError() is { Fields: { } fields } unread ? unread.WithFieldNames(fields.Keys.ToDictionary(name => name, name => $"updates.{name}", StringComparer.Ordinal))
                : null;
        }
    }
}

/// <summary>How many customers were found and changed, and which names found nobody.</summary>
public sealed record BulkUpdateAnswer(int Updated, IReadOnlyList<string> NotFound)
{
    public static BulkUpdateAnswer From(BulkUpdated done) => new(done.Updated, done.NotFound);
}
