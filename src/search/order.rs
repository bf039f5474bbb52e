//! Turns the strongest words of pages into an order in which like stands beside like: the results of a query then lie in
//! few files, and postings in few small steps.

/// Pages that are not divided further, and how often a division is mended.
const SMALL: usize = 12;
const ROUNDS: usize = 4;
/// Parts of a bit in which gains are counted, as whole numbers, so that every machine comes to the same order.
const PARTS: f64 = 256.0;

/// Old numbers of pages in their new order: recursive graph bisection (Dhulipala et al., 2016), by few words a page.
pub(super) fn order(strong: &[&[(u32, f32)]], stems: usize) -> Vec<u32> {
    let mut pages: Vec<u32> = (0..strong.len() as u32).collect();
    let logs: Vec<i32> = (0..pages.len() + 3).map(|n| ((n.max(1) as f64).log2() * PARTS).round() as i32).collect();
    divide(&mut pages, &Words { strong, logs: &logs, stems }, &mut Vec::new());
    pages
}

/// What is the same for all divisions.
struct Words<'a> {
    strong: &'a [&'a [(u32, f32)]],
    logs: &'a [i32],
    stems: usize,
}

/// By stem, pages with it on the left and right, and what leaving its side gains a page of each.
#[derive(Clone, Copy, Default)]
struct Degree {
    left: u32,
    right: u32,
    from_left: i32,
    from_right: i32,
}

/// Puts the pages of a range in order; `scratch` is empty, or as long as there are stems and blank.
fn divide(pages: &mut [u32], words: &Words<'_>, scratch: &mut Vec<Degree>) {
    if pages.len() <= SMALL {
        pages.sort_unstable();
        return;
    }
    scratch.resize(words.stems, Degree::default());
    let middle = pages.len() / 2;
    for _ in 0..ROUNDS {
        if !mend(pages, middle, words, scratch) {
            break;
        }
    }
    let (left, right) = pages.split_at_mut(middle);
    if left.len() > 1_000 {
        rayon::join(|| divide(left, words, scratch), || divide(right, words, &mut Vec::new()));
    } else {
        divide(left, words, scratch);
        divide(right, words, scratch);
    }
}

/// Swaps the pages that gain by it; whether there were any.
fn mend(pages: &mut [u32], middle: usize, words: &Words<'_>, degrees: &mut [Degree]) -> bool {
    let (left, right) = pages.split_at_mut(middle);
    let stems = |page: &u32| words.strong[*page as usize].iter().map(|(stem, _)| *stem as usize);
    left.iter().flat_map(stems).for_each(|stem| degrees[stem].left += 1);
    right.iter().flat_map(stems).for_each(|stem| degrees[stem].right += 1);
    let mut touched: Vec<usize> = Vec::new();
    for stem in left.iter().chain(&*right).flat_map(stems) {
        // A gain that is not yet known is nought on both sides, and one that is nought may be found twice.
        if degrees[stem].from_left == 0 && degrees[stem].from_right == 0 {
            gain(&mut degrees[stem], (left.len(), right.len()), words.logs);
            touched.push(stem);
        }
    }
    let gains = |side: &[u32], from: fn(&Degree) -> i32| {
        let mut list: Vec<(i32, u32)> =
            side.iter().map(|page| (stems(page).map(|stem| from(&degrees[stem])).sum::<i32>(), *page)).collect();
        list.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        list
    };
    let lists = (gains(left, |degree| degree.from_left), gains(right, |degree| degree.from_right));
    touched.into_iter().for_each(|stem| degrees[stem] = Degree::default());
    let swaps = lists.0.iter().zip(&lists.1).take_while(|(a, b)| a.0 + b.0 > 0).count();
    let write = |side: &mut [u32], own: &[(i32, u32)], other: &[(i32, u32)]| {
        let new = other[..swaps].iter().chain(&own[swaps..]);
        side.iter_mut().zip(new).for_each(|(page, (_, new))| *page = *new);
    };
    write(left, &lists.0, &lists.1);
    write(right, &lists.1, &lists.0);
    swaps > 0
}

/// What the code of one stem's gaps loses when a page with it changes sides.
fn gain(degree: &mut Degree, (left, right): (usize, usize), logs: &[i32]) {
    let cost = |a: u32, b: u32| {
        let side = |count: u32, all: usize| i64::from(count) * i64::from(logs[all] - logs[count as usize + 1]);
        side(a, left) + side(b, right)
    };
    let (l, r) = (degree.left, degree.right);
    degree.from_left = if l > 0 { (cost(l, r) - cost(l - 1, r + 1)) as i32 } else { 0 };
    degree.from_right = if r > 0 { (cost(l, r) - cost(l + 1, r - 1)) as i32 } else { 0 };
}

#[cfg(test)]
mod tests {
    #[test]
    fn like_stands_beside_like() {
        // Pages of four subjects, in turn.
        let strong: Vec<Vec<(u32, f32)>> = (0..400).map(|n| (0..5).map(|w| (n % 4 * 5 + w, 1.0)).collect()).collect();
        let strong: Vec<&[(u32, f32)]> = strong.iter().map(Vec::as_slice).collect();
        let order = super::order(&strong, 20);
        let changes = order.windows(2).filter(|pair| pair[0] % 4 != pair[1] % 4).count();
        assert!(changes < 40, "{changes}");
        let mut all = order.clone();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..400));
    }
}
