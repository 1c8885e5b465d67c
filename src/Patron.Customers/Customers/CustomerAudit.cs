using Patron.Customers.Schema;
using Patron.Shared.Audit;
using Patron.Shared.Callers;

namespace Patron.Customers.Customers;

/// <summary>Creates the audit entries of customers: the action, the record, and the changed fields before and after.</summary>
internal static class CustomerAudit
{
    // Use cases change these fields besides those that people write.
    private static readonly IReadOnlyList<Field<Customer>> Audited =
        [
            .. CustomerSchema.Fields.Written, CustomerSchema.EmailVerifiedAt, CustomerSchema.PhoneVerifiedAt, CustomerSchema.LastLoginAt,
            CustomerSchema.TotalServices];

    public static AuditEntry Created(Caller caller, Customer customer, IReadOnlyList<Field<Customer>> written) =>
        For(caller, "customer.created", customer, after: written.ToJson(customer));

    /// <summary>The fields in which the record differs from the stored one, with further notes.</summary>
    public static AuditEntry Changed(
        Caller caller, string action, Customer customer, params IReadOnlyList<(string Name, string? Value)> notes) =>
        Changed(caller, action, customer.Stored!, customer, notes);

    /// <summary>The fields in which two states of the record differ.</summary>
    public static AuditEntry Changed(
        Caller caller, string action, Customer before, Customer after, params IReadOnlyList<(string Name, string? Value)> notes)
    {
        var changed = Audited.Where(field => field.Differs(before, after)).ToList();
        return changed.Count + notes.Count == 0
            ? For(caller, action, after)
            : For(caller, action, after, changed.ToJson(before), changed.ToJson(after, notes));
    }

    /// <summary>An entry with only the action, or with the given values.</summary>
    public static AuditEntry For(Caller caller, string action, Customer customer, string? before = null, string? after = null) =>
        AuditEntry.For(
            caller, action, "customer", customer.Uid, customer.UpdatedAt, customer.OrganizationId,
            actorUserId: caller.IsSignedIn ? null : customer.UserId, // At a sign-up the new account is the actor.
            before, after);
}
