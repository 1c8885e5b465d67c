using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>
/// How one customer is found. Whose row it is belongs to every question: somebody else's is not found. These are the hottest
/// questions of all, so each is translated once.
/// </summary>
internal static class CustomerQueries
{
    /// <summary>Of the organization: every record for staff, their own undeleted one for a customer.</summary>
    private static readonly Expression<Func<Customer, Guid, bool, Guid, bool>> Visible = (customer, organization, isStaff, self) =>
        customer.OrganizationId == organization && (isStaff || (customer.UserId == self && !customer.Details.IsDeleted));

    private static readonly Question<string> ByCustomerId = Compile<string>((context, key) =>
        context.Customers.AsNoTracking().Where(customer => customer.CustomerId == key));

    private static readonly Question<Guid> ByUid = Compile<Guid>((context, key) =>
        context.Customers.AsNoTracking().Where(customer => customer.Uid == key));

    private static readonly Question<string> LockingByCustomerId = Compile<string>((context, key) =>
        context.Customers.TagWith(RowLocks.Tag).Where(customer => customer.CustomerId == key));

    private static readonly Question<Guid> LockingByUid = Compile<Guid>((context, key) =>
        context.Customers.TagWith(RowLocks.Tag).Where(customer => customer.Uid == key));

    private static readonly Question<string> ByUsernameKey = Compile<string>((context, key) =>
        context.Customers.AsNoTracking().Where(customer => customer.Username == key));

    // Written so that each half is answered by its own partial index.
    private static readonly Question<string> ByEmailKey = Compile<string>((context, key) =>
        context.Customers.AsNoTracking()
            .Where(customer => (customer.EmailKey == key && customer.Claim == EmailClaim.Claimed)
                || (customer.EmailKey == key && customer.Claim == EmailClaim.Unclaimed))
            .OrderByDescending(customer => customer.Claim == EmailClaim.Claimed)
            .ThenBy(customer => customer.Id));

    private static readonly Error Stale = new(
        ErrorKind.Stale, "The customer has changed since you read it. Read it again and repeat your change on what it says now.");

    private delegate Task<Customer?> Question<TKey>(
        CustomersContext context, TKey key, Guid organization, bool isStaff, Guid self, CancellationToken cancellation);

    /// <summary>
    /// The one a path names (contract, 'Identifiers of a customer'): by <c>customer_id</c>, <c>account_number</c> or <c>uid</c>, in any case.
    /// </summary>
    public static Task<Customer?> ByIdAsync(this CustomersContext context, Caller caller, string text, CancellationToken cancellation) =>
        Guid.TryParseExact(text, "D", out var uid)
            ? AskAsync(ByUid, context, uid, caller, cancellation)
            : AskAsync(ByCustomerId, context, CustomerIdOf(text), caller, cancellation);

    /// <summary>The same, tracked and locked until the transaction ends. 404, and 412 where its version is none of those the caller takes.</summary>
    public static async Task<Result<Customer>> LockAsync(
        this CustomersContext context, Caller caller, string text, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellation)
    {
        var customer = await (Guid.TryParseExact(text, "D", out var uid)
            ? AskAsync(LockingByUid, context, uid, caller, cancellation)
            : AskAsync(LockingByCustomerId, context, CustomerIdOf(text), caller, cancellation));
        return customer is null ? CustomerAccess.NotFound
            : expectedVersions?.Contains(customer.Version) == false ? Stale
            : customer;
    }

    /// <summary>All that are named, tracked and locked until the transaction ends, in one order for everybody: who comes together takes turns.</summary>
    public static async Task<IReadOnlyList<Customer>> LockAllAsync(
        this CustomersContext context, Caller caller, IReadOnlyCollection<string> references, CancellationToken cancellation)
    {
        var names = references.Select(Canonical).ToHashSet(StringComparer.Ordinal);
        var uids = names.Select(name => Guid.TryParseExact(name, "D", out var uid) ? uid : Guid.Empty).ToArray();
        return await context.Customers.TagWith(RowLocks.Tag)
            .Where(customer => customer.OrganizationId == caller.OrganizationId
                && (names.ToArray().Contains(customer.CustomerId) || uids.Contains(customer.Uid)))
            .OrderBy(customer => customer.Id)
            .ToListAsync(cancellation);
    }

    /// <summary>A reference as the record itself spells it: a <c>uid</c> in lower case, or a <c>customer_id</c>.</summary>
    public static string Canonical(string reference) =>
        Guid.TryParseExact(reference, "D", out var uid) ? uid.ToString() : CustomerIdOf(reference);

    public static Task<Customer?> ByUsernameAsync(this CustomersContext context, Caller caller, string text, CancellationToken cancellation) =>
        AskAsync(ByUsernameKey, context, TextRules.Problem(text) is null ? Folding.Key(text) : "", caller, cancellation);

    /// <summary>The one that claims the address, else the oldest that has it unproven.</summary>
    public static Task<Customer?> ByEmailAsync(this CustomersContext context, Caller caller, string text, CancellationToken cancellation) =>
        AskAsync(ByEmailKey, context, EmailAddress.TryParse(text, out var address) ? address.Key : "", caller, cancellation);

    private static Task<Customer?> AskAsync<TKey>(
        Question<TKey> question, CustomersContext context, TKey key, Caller caller, CancellationToken cancellation) =>
        question(context, key, caller.OrganizationId, caller.IsStaff, caller.UserId ?? Guid.Empty, cancellation);

    // What cannot be stored cannot be asked for either; no record has the empty identifier.
    private static string CustomerIdOf(string text) =>
        TextRules.Problem(text) is null ? text.Replace('-', '_').ToUpperInvariant() : "";

    // Puts the rule of visibility behind the candidates; its parameters become the question's.
    private static Question<TKey> Compile<TKey>(Expression<Func<CustomersContext, TKey, IQueryable<Customer>>> candidates)
    {
        var rule = Expression.Quote(Expression.Lambda<Func<Customer, bool>>(Visible.Body, Visible.Parameters[0]));
        var first = Expression.Call(typeof(Queryable), nameof(Queryable.FirstOrDefault), [typeof(Customer)], candidates.Body, rule);
        var question = Expression.Lambda<Func<CustomersContext, TKey, Guid, bool, Guid, CancellationToken, Customer?>>(
            first, [.. candidates.Parameters, .. Visible.Parameters.Skip(1), Expression.Parameter(typeof(CancellationToken))]);
        return EF.CompileAsyncQuery(question).Invoke;
    }
}
