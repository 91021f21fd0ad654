// IntrusiveList<T>: a doubly linked list through a base ListNode<Tag> of T; no memory of its own.
// Invariant: a node is on at most one list of its tag; it unlinks itself before it dies (checked).
#pragma once

#include "kernel/base/assert.h"

namespace fl {

template <class Tag>
class ListNode {
 public:
  ListNode() = default;
  ListNode(const ListNode&) = delete;
  ListNode& operator=(const ListNode&) = delete;
  ~ListNode() { KASSERT(!linked()); }
  bool linked() const { return next_ != nullptr; }
  void Unlink() {
    KASSERT(linked());
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = previous_ = nullptr;
  }

 private:
  template <class T, class U>
  friend class IntrusiveList;
  ListNode* next_ = nullptr;
  ListNode* previous_ = nullptr;
};

template <class T, class Tag = T>
class IntrusiveList {
  using Node = ListNode<Tag>;

 public:
  IntrusiveList() { head_.next_ = head_.previous_ = &head_; }
  ~IntrusiveList() {
    KASSERT(empty());
    head_.next_ = head_.previous_ = nullptr;
  }
  bool empty() const { return head_.next_ == &head_; }
  T* front() { return empty() ? nullptr : Object(head_.next_); }
  T* back() { return empty() ? nullptr : Object(head_.previous_); }
  void PushBack(T& object) { LinkBefore(head_, object); }
  void PushFront(T& object) { LinkBefore(*head_.next_, object); }
  /// `place` is on this list; `object` goes in front of it.
  void InsertBefore(T& place, T& object) { LinkBefore(static_cast<Node&>(place), object); }
  static void Remove(T& object) { static_cast<Node&>(object).Unlink(); }
  T* PopFront() {
    T* first = front();
    if (first) Remove(*first);
    return first;
  }

  class Iterator {
   public:
    explicit Iterator(Node* node) : node_(node), next_(node->next_) {}
    T& operator*() const { return *Object(node_); }
    /// The current object may be removed while the loop is at it.
    Iterator& operator++() {
      node_ = next_;
      next_ = node_->next_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return node_ != other.node_; }

   private:
    Node* node_;
    Node* next_;
  };
  Iterator begin() { return Iterator(head_.next_); }
  Iterator end() { return Iterator(&head_); }

 private:
  static T* Object(Node* node) { return static_cast<T*>(node); }
  void LinkBefore(Node& place, T& object) {
    Node& node = object;
    KASSERT(!node.linked());
    node.next_ = &place;
    node.previous_ = place.previous_;
    place.previous_->next_ = &node;
    place.previous_ = &node;
  }
  mutable Node head_;
};

}  // namespace fl
