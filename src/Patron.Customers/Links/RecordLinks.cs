using Microsoft.EntityFrameworkCore;
using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Customers.Erp;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Idempotency;
using Patron.Shared.Results;

namespace Patron.Customers.Links;

/// <summary>What linking does to one locked record, with its audit entry; whoever asks saves it.</summary>
public sealed class RecordLinks(CustomersContext context, MergeCustomers merge, IAccountDirectory directory, ErpOwnership erp, IdempotentWork answers)
{
    private static readonly string[] OfAccount = ["first_name", "last_name", "name", "email", "email_key", "phone", "phone_e164"];

    /// <summary>Makes the waiting record the account's, and one with what the account had before; answers the one that stays.</summary>
    internal async Task<Result<Customer>> JoinAsync(
        Caller caller, Customer? own, Customer waiting, Account account, LinkGrant grant, DateTimeOffset now, CancellationToken cancellation)
    {
        if (own is null)
        {
            Link(caller, waiting, account, grant, now);
            return waiting;
        }

        var (stays, absorbed) = MergeCustomers.Order(waiting, own);
        if (await merge.MergeAsync(caller, stays, absorbed, now, cancellation) is { } refused)
        {
            return refused;
        }

        if (stays == waiting)
        {
            Link(caller, stays, account, grant, now);
        }

        return stays;
    }

    /// <summary>Makes one record, the account's, of all of these; saved. 400 for the loser of a race, who may look again.</summary>
    internal async Task<Result<Customer>> JoinAllAsync(
        Caller caller, IReadOnlyList<Customer> records, Account account, LinkGrant grant, DateTimeOffset now, CancellationToken cancellation)
    {
        var own = records.SingleOrDefault(customer => customer.UserId is not null);
        foreach (var other in records.Where(customer => customer.UserId is null))
        {
            var joined = await JoinAsync(caller, own, other, account, grant, now, cancellation);
            if (!joined.Succeeded(out own, out var refused))
            {
                return refused;
            }
        }

        Follow(caller, own!, account, now);
        own!.ClaimAddress(now);
        if (await context.TrySaveAsync(cancellation) is { } taken)
        {
            return taken;
        }

        await ForgetAsync(own, cancellation);
        return own;
    }

    internal void Link(Caller caller, Customer customer, Account account, LinkGrant grant, DateTimeOffset now)
    {
        var before = customer.Details;
        customer.LinkTo(account, directory.KeepsCopies, grant, erp, now);
        if (account.EmailVerified)
        {
            customer.ClaimAddress(now);
        }

        AddEntry(
            caller, "customer.linked", customer, before, now, Noted("user_id", account.UserId), Noted("evidence", grant.Evidence));
    }

    /// <summary>Shows what the account owns as that is now.</summary>
    internal void Follow(Caller caller, Customer customer, Account account, DateTimeOffset now)
    {
        var before = customer.Details;
        if (before != (directory.KeepsCopies ? erp.Kept(customer, before.Of(account)) : before.WithoutAccount()))
        {
            customer.Follow(account, directory.KeepsCopies, erp, now);
            AddEntry(caller, "customer.followed_account", customer, before, now);
        }
    }

    /// <summary>Ends the link of a record that was not the mailbox's owner's.</summary>
    internal void SetAside(Caller caller, Customer customer, DateTimeOffset now)
    {
        var (before, user) = (customer.Details, customer.UserId);
        customer.SetAside(now);
        AddEntry(caller, "customer.set_aside", customer, before, now, Noted("was_user_id", user));
    }

    /// <summary>
    /// A separate customers service keeps no name, address or phone of a linked person: not in the record's history either, nor in what was
    /// merged into it, nor in answers that are kept to be repeated. After the record has been saved.
    /// </summary>
    private async Task ForgetAsync(Customer customer, CancellationToken cancellation)
    {
        if (directory.KeepsCopies)
        {
            return;
        }

        var absorbed = await context.Database
            .SqlQuery<RecordName>(
                $"""
                UPDATE customers.absorbed SET before = before - {OfAccount} - 'username', username = 'customer' || replace(uid::text, '-', '')
                WHERE merged_into = {customer.Uid} RETURNING uid AS "Uid", customer_id AS "CustomerId"
                """)
            .ToListAsync(cancellation);
        Guid[] uids = [customer.Uid, .. absorbed.Select(other => other.Uid)];
        await context.Database.ExecuteSqlAsync(
            $"""
            UPDATE shared.audit_entries SET before = before - {OfAccount}, after = after - {OfAccount}
            WHERE subject_id = ANY ({uids}) AND (before ?| {OfAccount} OR after ?| {OfAccount})
            """, cancellation);
        await answers.ForgetAsync([RecordName.Of(customer), .. absorbed], cancellation);
    }

    private static WrittenField<CustomerDetails> Noted(string name, object? value) => new(name, _ => value);

    // Where no copies are kept, the history tells that it was done, and nothing of what the account owns.
    private void AddEntry(
        Caller caller, string action, Customer customer, CustomerDetails before, DateTimeOffset now, params WrittenField<CustomerDetails>[] further)
    {
        IReadOnlyList<CustomerField> changed = directory.KeepsCopies ? CustomerFields.Changed(before, customer.Details) : [];
        WrittenField<CustomerDetails>[] after = [.. changed, .. further];
        context.Audit.Add(AuditEntry.For(
            caller, action, "customer", customer.Uid, now, customer.OrganizationId, customer.UserId, changed.ToJson(before), after.ToJson(customer.Details)));
    }
}
