//! Which category must, may or may not carry which field: EUR 17(1) and (2), 19(1), 21(1), 22(2) and (3), 23(2) and
//! (3), 24(2) and (3), 26(2). Only these may be recorded, so a field that does not belong is refused, not dropped.
//!
//! Invariant: this is the only place where the matrix stands. One deviation, on purpose: a missing place of birth warns
//! and does not refuse, because a person may not know it and the law does not want a refusal to register for that.

use crate::category::Category;
use crate::dataset::{CopiedDocument, Dataset, DocumentCopy};
use crate::finding::Finding;

/// Whether a category carries a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Must be sent.
    Must,
    /// Must be sent, and its absence only warns.
    Expected,
    /// May be sent, where available or applicable.
    May,
    /// May not be sent.
    Never,
}

/// One cell: whether, and by which provision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Whether the category carries the field.
    pub presence: Presence,
    /// The provision; empty where the field may not be sent.
    pub article: &'static str,
}

/// One row of the matrix.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The field, as the envelope names it.
    pub field: &'static str,
    /// Cells for categories 1, 7, 8, 2, 3, 9 and 0, in the order of their articles.
    cells: [Cell; 7],
    /// True when the dataset carries the field; absent where no dataset can be without it because its type, the envelope's
    /// or the container asks for it.
    is_present: Option<fn(&Dataset) -> bool>,
}

impl Row {
    /// The cell of a category. Requests that are not stored carry no dataset of their own, so nothing is demanded of
    /// them and nothing beyond names may be sent.
    #[must_use]
    pub fn cell(&self, category: Category) -> Cell {
        let column = match category {
            Category::Applicant => 0,
            Category::Resettlement => 1,
            Category::NationalResettlement => 2,
            Category::IrregularCrossing => 3,
            Category::IllegalStay => 4,
            Category::Disembarked => 5,
            Category::TemporaryProtection => 6,
            Category::LawEnforcementNational | Category::LawEnforcementEuropol | Category::DataSubject => {
                return if self.is_identity() { may("") } else { NEVER };
            }
        };
        self.cells.get(column).copied().unwrap_or(NEVER)
    }

    fn is_identity(&self) -> bool {
        ["name", "nationality", "birth-date", "birth-place", "document", "document-copy"]
            .contains(&self.field)
    }
}

/// Every row.
#[must_use]
pub fn rows() -> &'static [Row] {
    &ROWS
}

/// Adds a finding per field that is missing or does not belong.
pub(super) fn check(category: Category, dataset: &Dataset, findings: &mut Vec<Finding>) {
    for row in &ROWS {
        let Cell { presence, article } = row.cell(category);
        let Some(is_present) = row.is_present else { continue };
        match (presence, is_present(dataset)) {
            (Presence::Must, false) => findings.push(Finding::error(
                "I-1101",
                row.field,
                format!("{} is missing; Article {article} asks for it in this category. Add it.", row.field),
            )),
            (Presence::Expected, false) => findings.push(Finding::warning(
                "I-1101",
                row.field,
                format!("{} is missing; Article {article} asks for it where it is known.", row.field),
            )),
            (Presence::Never, true) => findings.push(Finding::error(
                "I-1103",
                row.field,
                format!("{} may not be recorded in category {}. Remove it.", row.field, category.code()),
            )),
            _ => {}
        }
    }
    let of_other =
        |copy: &DocumentCopy| copy.document == CopiedDocument::Other && copy.authenticity.is_some();
    if category == Category::TemporaryProtection && dataset.document_copies.iter().any(of_other) {
        findings.push(Finding::error(
            "I-1103",
            "document-copy",
            "Article 26(2)(j) has no indication of authenticity for another document. Leave the indication out.",
        ));
    }
    let additional = &dataset.additional;
    let decisions = [additional.granted_on, additional.refused_on, additional.discontinued_on];
    if decisions.iter().flatten().count() > 1 {
        findings.push(Finding::error(
            "I-1104",
            "granted-on",
            "A grant, a refusal and a discontinuation exclude each other, Article 18(2). Keep the one that was decided.",
        ));
    }
    if dataset.additional.refused_on.is_some() != dataset.additional.refusal_grounds.is_some() {
        findings.push(Finding::error(
            "I-1101",
            "refusal-grounds",
            "A refusal is recorded with its date and its grounds, Article 19(1)(p). Give both or neither.",
        ));
    }
}

const fn must(article: &'static str) -> Cell {
    Cell { presence: Presence::Must, article }
}

const fn expected(article: &'static str) -> Cell {
    Cell { presence: Presence::Expected, article }
}

const fn may(article: &'static str) -> Cell {
    Cell { presence: Presence::May, article }
}

const NEVER: Cell = Cell { presence: Presence::Never, article: "" };

#[rustfmt::skip]
static ROWS: [Row; 32] = {
    const N: Cell = NEVER;
    [
        Row { field: "fingerprints", is_present: None, cells: [
            must("17(1)(a)"), must("19(1)(a)"), must("21(1)(a)"), must("22(2)(a)"), must("23(2)(a)"), must("24(2)(a)"), must("26(2)(a)")] },
        Row { field: "face", is_present: None, cells: [
            must("17(1)(b)"), must("19(1)(b)"), must("21(1)(b)"), must("22(2)(b)"), must("23(2)(b)"), must("24(2)(b)"), must("26(2)(b)")] },
        Row { field: "name", is_present: Some(|d| d.surnames.iter().chain(&d.forenames).any(|name| !name.trim().is_empty())), cells: [
            must("17(1)(c)"), must("19(1)(c)"), must("21(1)(c)"), must("22(2)(c)"), must("23(2)(c)"), must("24(2)(c)"), must("26(2)(c)")] },
        Row { field: "nationality", is_present: Some(|d| !d.nationalities.is_empty()), cells: [
            must("17(1)(d)"), must("19(1)(d)"), must("21(1)(d)"), must("22(2)(d)"), must("23(2)(d)"), must("24(2)(d)"), must("26(2)(d)")] },
        Row { field: "birth-date", is_present: Some(|d| d.birth_date.is_some()), cells: [
            must("17(1)(e)"), must("19(1)(e)"), must("21(1)(e)"), must("22(2)(e)"), must("23(2)(e)"), must("24(2)(e)"), must("26(2)(e)")] },
        Row { field: "birth-place", is_present: Some(|d| d.birth_place.is_some()), cells: [
            expected("17(1)(f)"), expected("19(1)(f)"), expected("21(1)(f)"), expected("22(2)(f)"), expected("23(2)(f)"), expected("24(2)(f)"), expected("26(2)(f)")] },
        Row { field: "event", is_present: None, cells: [
            must("17(1)(g)"), must("19(1)(g)"), must("21(1)(g)"), must("22(2)(g)"), must("23(2)(g)"), must("24(2)(g)"), must("26(2)(g)")] },
        Row { field: "sex", is_present: None, cells: [
            must("17(1)(h)"), must("19(1)(h)"), must("21(1)(h)"), must("22(2)(h)"), must("23(2)(h)"), must("24(2)(h)"), must("26(2)(h)")] },
        Row { field: "document", is_present: Some(|d| d.document.is_some()), cells: [
            may("17(1)(i)"), may("19(1)(i)"), may("21(1)(i)"), may("22(2)(i)"), may("23(2)(i)"), may("24(3)(a)"), may("26(2)(i)")] },
        Row { field: "document-copy", is_present: Some(|d| !d.document_copies.is_empty()), cells: [
            may("17(1)(j)"), may("19(1)(j)"), may("21(1)(j)"), may("22(2)(j)"), may("23(2)(j)"), may("24(3)(b)"), may("26(2)(j)")] },
        Row { field: "reference-number", is_present: None, cells: [
            must("17(1)(k)"), must("19(1)(k)"), must("21(1)(k)"), must("22(2)(k)"), must("23(2)(k)"), must("24(2)(i)"), must("26(2)(k)")] },
        Row { field: "biometrics-taken-on", is_present: None, cells: [
            must("17(1)(l)"), must("19(1)(l)"), must("21(1)(l)"), must("22(2)(l)"), must("23(2)(l)"), must("24(2)(j)"), must("26(2)(l)")] },
        Row { field: "sent-at", is_present: None, cells: [
            must("17(1)(m)"), must("19(1)(m)"), must("21(1)(m)"), must("22(2)(m)"), must("23(2)(m)"), must("24(2)(k)"), must("26(2)(m)")] },
        Row { field: "operator", is_present: None, cells: [
            must("17(1)(n)"), must("19(1)(n)"), must("21(1)(n)"), must("22(2)(n)"), must("23(2)(n)"), must("24(2)(l)"), must("26(2)(n)")] },
        Row { field: "granted-on", is_present: Some(|d| d.additional.granted_on.is_some()), cells: [
            N, may("19(1)(o)"), must("21(1)(o)"), N, N, N, N] },
        Row { field: "refused-on", is_present: Some(|d| d.additional.refused_on.is_some()), cells: [
            N, may("19(1)(p)"), N, N, N, N, N] },
        Row { field: "refusal-grounds", is_present: Some(|d| d.additional.refusal_grounds.is_some()), cells: [
            N, may("19(1)(p)"), N, N, N, N, N] },
        Row { field: "discontinued-on", is_present: Some(|d| d.additional.discontinued_on.is_some()), cells: [
            N, may("19(1)(q)"), N, N, N, N, N] },
        Row { field: "exclusion-ground", is_present: Some(|d| d.additional.exclusion_ground.is_some()), cells: [
            N, N, N, N, N, N, may("26(2)(o)")] },
        Row { field: "council-decision", is_present: Some(|d| d.additional.council_decision.is_some()), cells: [
            N, N, N, N, N, N, must("26(2)(p)")] },
        Row { field: "responsible-state", is_present: Some(|d| d.additional.responsible_state.is_some()), cells: [
            may("17(2)(a)"), N, N, N, N, N, N] },
        Row { field: "relocation-state", is_present: Some(|d| d.additional.relocation_state.is_some()), cells: [
            may("17(2)(b)"), N, N, may("22(3)(b)"), may("23(3)(b)"), may("24(3)(d)"), N] },
        Row { field: "arrived-take-charge-on", is_present: Some(|d| d.additional.arrived_take_charge_on.is_some()), cells: [
            may("17(2)(c)"), N, N, N, N, N, N] },
        Row { field: "arrived-take-back-on", is_present: Some(|d| d.additional.arrived_take_back_on.is_some()), cells: [
            may("17(2)(d)"), N, N, N, N, N, N] },
        Row { field: "left-on", is_present: Some(|d| d.additional.left_on.is_some()), cells: [
            may("17(2)(e)"), N, N, N, N, N, N] },
        Row { field: "removed-on", is_present: Some(|d| d.additional.removed_on.is_some()), cells: [
            may("17(2)(f)"), N, N, may("22(3)(a)"), may("23(3)(a)"), may("24(3)(c)"), N] },
        Row { field: "arrived-relocation-on", is_present: Some(|d| d.additional.arrived_relocation_on.is_some()), cells: [
            may("17(2)(g)"), N, N, N, may("23(3)(c)"), N, N] },
        Row { field: "visa", is_present: Some(|d| d.additional.visa.is_some()), cells: [
            may("17(2)(h)"), N, N, N, N, N, N] },
        Row { field: "security-flag", is_present: Some(|d| d.additional.security_flag.is_some()), cells: [
            may("17(2)(i)"), N, N, may("22(3)(d)"), may("23(3)(e)"), may("24(3)(f)"), N] },
        Row { field: "rejected", is_present: Some(|d| d.additional.rejected), cells: [
            may("17(2)(j)"), N, N, N, N, N, N] },
        Row { field: "border-rejection-final", is_present: Some(|d| d.additional.border_rejection_final), cells: [
            may("17(2)(k)"), N, N, N, N, N, N] },
        Row { field: "return-assistance", is_present: Some(|d| d.additional.return_assistance), cells: [
            may("17(2)(l)"), N, N, may("22(3)(c)"), may("23(3)(d)"), may("24(3)(e)"), N] },
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    /// The matrix as an independent reader of the law writes it: M, E, C or - per category 1, 7, 8, 2, 3, 9, 0, and the
    /// letter of the provision.
    #[test]
    fn the_matrix_cell_by_cell() {
        fn check(field: &str, line: &str) {
            let row = rows().iter().find(|row| row.field == field).expect("the field has a row");
            let shown: Vec<String> = ['1', '7', '8', '2', '3', '9', '0']
                .into_iter()
                .map(|code| row.cell(Category::from_code(code).expect("a code")))
                .map(|cell| {
                    let kind = match cell.presence {
                        Presence::Must => "M",
                        Presence::Expected => "E",
                        Presence::May => "C",
                        Presence::Never => "-",
                    };
                    let letter = cell.article.rsplit('(').next().unwrap_or_default().trim_end_matches(')');
                    format!("{kind}{letter}")
                })
                .collect();
            assert_eq!(shown.join(" "), line, "{field}");
        }
        check("fingerprints", "Ma Ma Ma Ma Ma Ma Ma");
        check("face", "Mb Mb Mb Mb Mb Mb Mb");
        check("event", "Mg Mg Mg Mg Mg Mg Mg");
        check("sex", "Mh Mh Mh Mh Mh Mh Mh");
        check("reference-number", "Mk Mk Mk Mk Mk Mi Mk");
        check("biometrics-taken-on", "Ml Ml Ml Ml Ml Mj Ml");
        check("sent-at", "Mm Mm Mm Mm Mm Mk Mm");
        check("operator", "Mn Mn Mn Mn Mn Ml Mn");
        check("name", "Mc Mc Mc Mc Mc Mc Mc");
        check("nationality", "Md Md Md Md Md Md Md");
        check("birth-date", "Me Me Me Me Me Me Me");
        check("birth-place", "Ef Ef Ef Ef Ef Ef Ef");
        check("document", "Ci Ci Ci Ci Ci Ca Ci");
        check("document-copy", "Cj Cj Cj Cj Cj Cb Cj");
        check("granted-on", "- Co Mo - - - -");
        check("refused-on", "- Cp - - - - -");
        check("refusal-grounds", "- Cp - - - - -");
        check("discontinued-on", "- Cq - - - - -");
        check("exclusion-ground", "- - - - - - Co");
        check("council-decision", "- - - - - - Mp");
        check("responsible-state", "Ca - - - - - -");
        check("relocation-state", "Cb - - Cb Cb Cd -");
        check("arrived-take-charge-on", "Cc - - - - - -");
        check("arrived-take-back-on", "Cd - - - - - -");
        check("left-on", "Ce - - - - - -");
        check("removed-on", "Cf - - Ca Ca Cc -");
        check("arrived-relocation-on", "Cg - - - Cc - -");
        check("visa", "Ch - - - - - -");
        check("security-flag", "Ci - - Cd Ce Cf -");
        check("rejected", "Cj - - - - - -");
        check("border-rejection-final", "Ck - - - - - -");
        check("return-assistance", "Cl - - Cc Cd Ce -");
        assert_eq!(rows().len(), 32);
    }

    #[test]
    fn every_article_belongs_to_the_category() {
        for row in rows() {
            for category in Category::ALL.into_iter().filter(|c| c.rule().stored) {
                let article = row.cell(category).article;
                let own = category.rule().data_article.expect("stored data have a list");
                let number = own.split('(').next().unwrap_or_default();
                assert!(
                    article.is_empty() || article.starts_with(&format!("{number}(")),
                    "{} {article}",
                    row.field
                );
            }
        }
    }
}
