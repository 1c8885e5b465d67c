using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Customers.Schema;

namespace Patron.Customers.Merges;

/// <summary>
/// What was changed on a record between two times, as the net difference of its fields. Applied to another state of the record it sets the
/// changed fields, adds and removes the same tags, and adds the same number of services. Values that an account or a partner of the ERP
/// owns follow that account or partner, not the record.
/// </summary>
internal sealed class RecordEdits
{
    // Fields that are written together with the first of their group.
    private static readonly Field<Customer>[][] Groups =
    [
        [CustomerSchema.Email, CustomerSchema.EmailKey, CustomerSchema.EmailVerifiedAt, CustomerSchema.Claim],
        [CustomerSchema.Phone, CustomerSchema.PhoneE164, CustomerSchema.PhoneVerifiedAt],
        [CustomerSchema.Country, CustomerSchema.CountryCode],
        [CustomerSchema.IsDeleted, CustomerSchema.DeletedAt, CustomerSchema.IsDeletedByCustomer],
        LinkFields,
        PartnerFields,
    ];

    // Consents follow their statements. The version and its time belong to the row.
    private static readonly Field<Customer>[][] AllGroups =
    [
        .. Groups,
        .. CustomerSchema.Fields.Updated.Where(field => !field.IsConsent && field != CustomerSchema.Version
            && field != CustomerSchema.UpdatedAt && field != CustomerSchema.Tags && field != CustomerSchema.TotalServices && !Groups.Any(group => group.Contains(field)))
            .Select(field => new[] { field }),
    ];

    private readonly Customer from;
    private readonly Customer to;
    private readonly MergeRules rules;
    private readonly HashSet<string> edited;

    private RecordEdits(Customer from, Customer to, IReadOnlySet<string> known, MergeRules rules)
    {
        (this.from, this.to, this.rules) = (from, to, rules);
        edited = AllGroups.SelectMany(group => group).Where(field => field.Differs(from, to)).Select(field => field.Name)
            .Union(known).ToHashSet(StringComparer.Ordinal);
    }

    private static Field<Customer>[] LinkFields =>
        [
            CustomerSchema.UserId, CustomerSchema.Evidence, CustomerSchema.LinkedAt, CustomerSchema.LinkedBy,
            CustomerSchema.ProfileCreatedAt,
        ];

    private static Field<Customer>[] PartnerFields =>
        [CustomerSchema.ErpId, CustomerSchema.ErpSource, CustomerSchema.IsArchived, CustomerSchema.OdooLastSync];

    /// <summary>The account that the record belonged to all the time, and whose values were therefore edited by its owner.</summary>
    public Guid? Account => from.UserId == to.UserId ? to.UserId : null;

    /// <summary>The partner whose values the record showed all the time.</summary>
    public PartnerKey? Partner => from.Partner == to.Partner ? to.Partner : null;

    /// <summary>The edits between two states; <paramref name="known"/> names fields that are known to be edited although they do not
    /// differ.</summary>
    public static RecordEdits Between(
        Customer from, Customer to, IReadOnlySet<string> known, MergeRules rules) => new(from, to, known, rules);

    /// <summary>Copies the link to an account.</summary>
    public static void CopyLink(Customer from, Customer to) => Array.ForEach(LinkFields, field => field.Copy(from, to));

    /// <summary>Copies the link to a partner.</summary>
    public static void CopyPartner(Customer from, Customer to) => Array.ForEach(PartnerFields, field => field.Copy(from, to));

    /// <summary>
    /// Applies the edits to another state of the record. Returns the names of the edited fields, which are kept with a merge, because an
    /// undo of another one can make the difference disappear.
    /// </summary>
    public IReadOnlyList<string> Apply(Customer target)
    {
        // Ownership is a matter of the target as it was when the edits were made.
        var (account, partner) = (target.UserId, target.Partner);
        var applied = Apply(target, owner =>
            (owner != EditOwner.Account || account == Account) && (owner != EditOwner.Partner || partner == Partner));
        ApplyTags(target);
        target.TotalServices = Math.Max(0, target.TotalServices + to.TotalServices - from.TotalServices);
        return applied;
    }

    /// <summary>Applies what the owner of the account changed, to another record that has the account.</summary>
    public IReadOnlyList<string> ApplyAccount(Customer target) => Apply(target, owner => owner == EditOwner.Account);

    /// <summary>Applies what the ERP changed, to another record that shows the partner.</summary>
    public IReadOnlyList<string> ApplyPartner(Customer target)
    {
        Apply(PartnerFields, target);
        return [.. Apply(target, owner => owner == EditOwner.Partner), .. PartnerFields.Select(field => field.Name).Where(edited.Contains)];
    }

    private List<string> Apply(Customer target, Func<EditOwner, bool> isIncluded)
    {
        var names = new List<string>();
        foreach (var group in AllGroups.Where(group => isIncluded(OwnerOf(group[0]))))
        {
            Apply(group, target);
            names.AddRange(group.Select(field => field.Name).Where(edited.Contains));
        }

        return names;
    }

    private void Apply(Field<Customer>[] group, Customer target)
    {
        if (IsEdited(group))
        {
            // A link that has ended ends only where it is.
            var hasEnded = (group[0] == CustomerSchema.UserId || group[0] == CustomerSchema.ErpId) && group[0].IsEmpty(to);
            if (!hasEnded || !group[0].Differs(target, from))
            {
                Array.ForEach(group, field => field.Copy(to, target));
            }
        }
        else if (!group[0].Differs(target, to))
        {
            foreach (var field in group.Where(field => edited.Contains(field.Name)))
            {
                field.Copy(to, target);
            }
        }
    }

    private bool IsEdited(Field<Customer>[] group) => edited.Contains(group[0].Name)
        || (group[0] == CustomerSchema.ErpId && edited.Contains(CustomerSchema.ErpSource.Name));

    private void ApplyTags(Customer target)
    {
        if (!CustomerSchema.Tags.Differs(target, from))
        {
            target.Tags = to.Tags;
            return;
        }

        var (added, removed) = (to.Tags.Except(from.Tags, StringComparer.Ordinal), from.Tags.Except(to.Tags, StringComparer.Ordinal));
        target.Tags = [.. target.Tags.Except(removed, StringComparer.Ordinal).Union(added, StringComparer.Ordinal)];
    }

    // Who alone could edit the field: staff cannot edit what an account or an ERP owns. Without an account, the address follows the
    // partner.
    private EditOwner OwnerOf(Field<Customer> field)
    {
        if (Partner is not null && (rules.Erp.Owns(to, field) || (field == CustomerSchema.Email && Account is null && IsAddressOfPartner)))
        {
            return EditOwner.Partner;
        }

        return Account is not null && CustomerSchema.IsOwnedByAccount(field, to) ? EditOwner.Account : EditOwner.Record;
    }

    private bool IsAddressOfPartner =>
        to.EmailKey is not null && rules.PartnerAddresses.GetValueOrDefault(to.Partner!.Value) == to.EmailKey;

    private enum EditOwner
    {
        Record,
        Account,
        Partner,
    }
}
