using Patron.Shared.Idempotency;

namespace Patron.Customers.Customers;

/// <summary>The identifiers by which answers name a record.</summary>
internal sealed record RecordIdentifiers(Guid Uid, string CustomerId)
{
    /// <summary>The <see cref="CustomerId"/> as the portal shows it.</summary>
    public string AccountNumber => AccountNumberOf(CustomerId);

    public static RecordIdentifiers Of(Customer customer) => new(customer.Uid, customer.CustomerId);

    public static string AccountNumberOf(string customerId) => customerId.Replace('_', '-');
}

/// <summary>Removes stored idempotent answers by the records in them.</summary>
internal static class StoredAnswers
{
    /// <summary>Removes the stored answers that show one of these records.</summary>
    public static Task ForgetAsync(
        this IdempotentWork answers, IReadOnlyCollection<RecordIdentifiers> names, CancellationToken cancellationToken) =>
        answers.ForgetAsync(
            [.. names.SelectMany(name => new[] { name.CustomerId, name.AccountNumber, name.Uid.ToString() })], cancellationToken);
}
