using Patron.Shared.Idempotency;

namespace Patron.Customers.Customers;

/// <summary>What answers call a record by, in either spelling.</summary>
internal sealed record RecordName(Guid Uid, string CustomerId)
{
    /// <summary>The <see cref="CustomerId"/> as the portal shows it.</summary>
    public string AccountNumber => AccountNumberOf(CustomerId);

    public static RecordName Of(Customer customer) => new(customer.Uid, customer.CustomerId);

    public static string AccountNumberOf(string customerId) => customerId.Replace('_', '-');
}

/// <summary>Stored answers and the records in them.</summary>
internal static class AnswersOfRecords
{
    /// <summary>Forgets the stored answers that show one of the records: they hold what is to be forgotten.</summary>
    public static Task ForgetAsync(this IdempotentWork answers, IReadOnlyCollection<RecordName> names, CancellationToken cancellationToken) =>
        answers.ForgetAsync([.. names.SelectMany(name => new[] { name.CustomerId, name.AccountNumber, name.Uid.ToString() })], cancellationToken);
}
